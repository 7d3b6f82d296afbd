import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { LiveFeed } from "../src/pages/overview/LiveFeed.tsx";
import { Composer } from "../src/pages/overview/Composer.tsx";
import { show } from "./support/page.tsx";
import { message, processed } from "./support/samples.ts";
import { serve } from "./support/server.ts";
import { ScriptedSocket } from "./support/socket.ts";

beforeEach(() => {
  ScriptedSocket.install();
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => {
  vi.useRealTimers();
});

it("shows a message arriving and then being classified, without a request", async () => {
  serve(() => ({ json: { items: [], next_cursor: null, total: 0 } }));
  show(LiveFeed).stream.start();
  expect(await screen.findByText("No messages yet")).toBeTruthy();
  ScriptedSocket.last.event(1, "message.new", message("a"));
  act(() => {
    vi.advanceTimersByTime(100);
  });
  const row = within(screen.getByRole("list", { name: "Newest messages" }));
  expect(row.getByText("Classifying")).toBeTruthy();
  ScriptedSocket.last.event(2, "message.processed", processed("a"));
  act(() => {
    vi.advanceTimersByTime(100);
  });
  expect(row.getByText("Signal")).toBeTruthy();
  expect(row.getByText("Bug")).toBeTruthy();
});

it("says that the server does not answer, and tries again on demand", async () => {
  let away = true;
  serve(() =>
    away
      ? { status: 503, json: { error: { code: "unavailable", message: "away" } } }
      : { json: { items: [processed("a")], next_cursor: null, total: 1 } },
  );
  show(LiveFeed);
  expect((await screen.findByRole("alert")).textContent).toContain("database does not answer");
  away = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Signal")).toBeTruthy();
});

it("sends the same message under the same id when the first attempt failed", async () => {
  const sent: { external_id: string; content: string }[] = [];
  serve((_url, { body }) => {
    sent.push(JSON.parse(body as string) as (typeof sent)[number]);
    return sent.length === 1
      ? { status: 503, json: { error: { code: "unavailable", message: "away" } } }
      : { status: 201, json: message("a") };
  });
  show(Composer);
  const box = screen.getByLabelText("Try it: write a message");
  await userEvent.type(box, "Диск майже повний{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("Your text is still here");
  await userEvent.type(box, "{Enter}");
  await waitFor(() => expect(box).toHaveProperty("value", ""));
  await userEvent.type(box, "Another one{Enter}");
  await waitFor(() => expect(sent).toHaveLength(3));
  expect(sent[1]?.external_id).toBe(sent[0]?.external_id);
  expect(sent[2]?.external_id).not.toBe(sent[0]?.external_id);
});
