import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Component as MessagesPage } from "../src/pages/messages/MessagesPage.tsx";
import { show } from "./support/page.tsx";
import { message, processed } from "./support/samples.ts";
import { serve } from "./support/server.ts";
import { ScriptedSocket } from "./support/socket.ts";

const PATH = "/messages/:messageId?";
let asked: string[];

beforeEach(() => {
  ScriptedSocket.install();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  asked = [];
  serve((url) => {
    asked.push(url.pathname + url.search);
    if (url.pathname === "/api/sources") return { json: { items: [] } };
    if (url.pathname === "/api/search") {
      return { json: { query: "оплата", items: [{ score: 0.73, message: processed("a") }] } };
    }
    return { json: { items: [message("a")], next_cursor: null, total: 1 } };
  });
});
afterEach(() => {
  vi.useRealTimers();
});

it("searches by meaning and shows how close each message is", async () => {
  show(MessagesPage, PATH, "/messages");
  await userEvent.type(await screen.findByRole("searchbox"), "оплата");
  expect(await screen.findByText("73% match")).toBeTruthy();
  expect(asked).toContain(`/api/search?q=${encodeURIComponent("оплата")}&limit=30`);
});

it("opens with the filter that the address asks for", async () => {
  show(MessagesPage, PATH, "/messages?label=noise&category=bug");
  await screen.findByText("1 message");
  expect(asked).toContain("/api/messages?label=noise&category=bug&limit=50");
});

it("keeps new messages behind a button, and classifies known ones in place", async () => {
  show(MessagesPage, PATH, "/messages").stream.start();
  await screen.findByText("Classifying");
  ScriptedSocket.last.event(1, "message.processed", processed("a"));
  ScriptedSocket.last.event(2, "message.new", message("b"));
  act(() => {
    vi.advanceTimersByTime(100);
  });
  await waitFor(() => expect(screen.queryByText("Classifying")).toBeNull());
  expect(await screen.findByRole("button", { name: "1 new – show" })).toBeTruthy();
});
