import { useSyncExternalStore } from "react";

import { formatAge, formatMoment } from "./format.ts";

const TICK_MS = 5_000;

/** One clock for all ages on the page, stopped while nobody looks at any. */
let now = Date.now();
const watchers = new Set<() => void>();
let timer: number | undefined;

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= window.setInterval(() => {
    now = Date.now();
    watchers.forEach((tell) => tell());
  }, TICK_MS);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago something happened; the exact time shows on hover. */
export function Age({ at }: { at: string }) {
  const current = useSyncExternalStore(watch, () => now);
  return (
    <time className="age" dateTime={at} title={formatMoment(at)}>
      {formatAge(at, Math.max(current, 0))}
    </time>
  );
}
