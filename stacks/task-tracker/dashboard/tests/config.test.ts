import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { loadConfig } from "../src/config.ts";

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function answers(...outcomes: (Response | Error)[]): ReturnType<typeof vi.fn> {
  const fetch = vi.fn();
  for (const outcome of outcomes) {
    if (outcome instanceof Error) fetch.mockRejectedValueOnce(outcome);
    else fetch.mockResolvedValueOnce(outcome);
  }
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const json = (file: object) => new Response(JSON.stringify(file));
const away = new TypeError("Failed to fetch");

it("means the page's own origin when an address is empty", async () => {
  answers(json({ app_name: "Inbox", api_base_url: "", ws_url: "" }));
  await expect(loadConfig()).resolves.toEqual({
    appName: "Inbox",
    apiBaseUrl: "",
    wsUrl: `ws://${window.location.host}/ws`,
  });
});

it("uses the addresses that the file names", async () => {
  answers(json({ api_base_url: "https://api.example", ws_url: "wss://api.example/ws" }));
  await expect(loadConfig()).resolves.toEqual({
    appName: "Task Tracker",
    apiBaseUrl: "https://api.example",
    wsUrl: "wss://api.example/ws",
  });
});

it("survives a network that changes while the page starts", async () => {
  const fetch = answers(away, away, json({ app_name: "Inbox" }));
  await expect(loadConfig()).resolves.toMatchObject({ appName: "Inbox" });
  expect(fetch).toHaveBeenCalledTimes(3);
});

it("says what is wrong when the file stays out of reach or is missing", async () => {
  answers(away, away, away, away);
  await expect(loadConfig()).rejects.toThrow("Failed to fetch");
  answers(new Response("", { status: 404 }));
  await expect(loadConfig()).rejects.toThrow("/config.json answered 404");
});
