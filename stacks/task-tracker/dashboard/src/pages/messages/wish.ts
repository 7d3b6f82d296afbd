import { useSearchParams } from "react-router";

import type { Category, Label } from "../../api/types.ts";

/** What the reader wants to see; lives in the address, so that it can be shared. */
export interface Wish {
  q: string;
  label: Label | undefined;
  category: Category | undefined;
  source: string | undefined;
}

export const LABELS: readonly Label[] = ["signal", "noise"];
export const CATEGORIES: readonly Category[] = ["bug", "feature", "question", "chore"];

function wishFrom(address: URLSearchParams): Wish {
  return {
    q: address.get("q") ?? "",
    label: LABELS.find((label) => label === address.get("label")),
    category: CATEGORIES.find((category) => category === address.get("category")),
    source: address.get("source") ?? undefined,
  };
}

export function useWish(): [Wish, (change: Partial<Wish>) => void] {
  const [address, setAddress] = useSearchParams();
  const change = (wish: Partial<Wish>): void =>
    setAddress((previous) => addressOf({ ...wishFrom(previous), ...wish }), { replace: true });
  return [wishFrom(address), change];
}

function addressOf(wish: Wish): URLSearchParams {
  const address = new URLSearchParams();
  for (const [name, value] of Object.entries(wish) as [string, string | undefined][]) {
    if (value) address.set(name, value);
  }
  return address;
}
