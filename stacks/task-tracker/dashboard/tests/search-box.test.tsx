import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";

import { SearchBox } from "../src/pages/messages/SearchBox.tsx";

function Searching({ onQuery }: { onQuery: (query: string) => void }) {
  const [query, setQuery] = useState("");
  const change = (next: string) => {
    onQuery(next);
    setQuery(next);
  };
  return <SearchBox query={query} onQuery={change} />;
}

it("asks once, when the typing pauses", async () => {
  const onQuery = vi.fn();
  render(<Searching onQuery={onQuery} />);
  await userEvent.type(screen.getByRole("searchbox"), "оплата ");
  expect(onQuery).not.toHaveBeenCalled();
  await waitFor(() => expect(onQuery).toHaveBeenCalledExactlyOnceWith("оплата"));
});

it("searches for an example at once", async () => {
  const onQuery = vi.fn();
  render(<Searching onQuery={onQuery} />);
  await userEvent.click(screen.getByRole("button", { name: "login fails" }));
  expect(onQuery).toHaveBeenCalledExactlyOnceWith("login fails");
  expect(screen.getByRole("searchbox")).toHaveProperty("value", "login fails");
});

it("empties itself on Escape", async () => {
  const onQuery = vi.fn();
  render(<Searching onQuery={onQuery} />);
  await userEvent.click(screen.getByRole("button", { name: "login fails" }));
  await userEvent.type(screen.getByRole("searchbox"), "{Escape}");
  expect(onQuery).toHaveBeenLastCalledWith("");
  expect(screen.getByRole("searchbox")).toHaveProperty("value", "");
});
