import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";

import { VersionBanner } from "../src/shell/VersionBanner.tsx";
import { show } from "./support/page.tsx";
import { ScriptedSocket } from "./support/socket.ts";

beforeEach(() => {
  ScriptedSocket.install();
});

function greetWith(version: string): void {
  act(() => ScriptedSocket.last.hello(1, version));
}

it("offers a reload when the server runs another version than this tab was loaded with", () => {
  show(VersionBanner).stream.start();
  greetWith("1.2.0");
  expect(screen.queryByRole("status")).toBeNull();
  greetWith("1.3.0");
  expect(screen.getByRole("status").textContent).toContain("A new version is available");
  expect(screen.getByRole("button", { name: "Reload" })).toBeTruthy();
});

it("goes away by itself when the server goes back", () => {
  show(VersionBanner).stream.start();
  ["1.2.0", "1.3.0", "1.2.0"].forEach(greetWith);
  expect(screen.queryByRole("status")).toBeNull();
});

it("can be put aside until the next release", async () => {
  show(VersionBanner).stream.start();
  ["1.2.0", "1.3.0"].forEach(greetWith);
  await userEvent.click(screen.getByRole("button", { name: /Keep working/ }));
  expect(screen.queryByRole("status")).toBeNull();
  greetWith("1.3.1");
  expect(screen.getByRole("status")).toBeTruthy();
});
