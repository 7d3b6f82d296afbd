import { expect, it, vi } from "vitest";

import { ApiClient } from "../src/api/client.ts";
import { serve } from "./support/server.ts";

const api = new ApiClient("");

it("sends only the filters that are set", async () => {
  const asked: string[] = [];
  serve((url) => {
    asked.push(url.pathname + url.search);
    return { json: { items: [], next_cursor: null, total: 0 } };
  });
  await api.messages({ label: "signal", category: undefined }, 50);
  expect(asked).toEqual(["/api/messages?label=signal&limit=50"]);
});

it("says what the server refused, in the server's words", async () => {
  serve(() => ({ status: 404, json: { error: { code: "not_found", message: "no message x" } } }));
  await expect(api.message("x")).rejects.toMatchObject({
    status: 404,
    code: "not_found",
    message: "no message x",
  });
});

it("survives a proxy's error page", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("<h1>Bad gateway</h1>", { status: 502 })));
  await expect(api.stats(60)).rejects.toMatchObject({ status: 502, code: "unknown" });
});

it("tells a server that does not answer from one that refuses", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(api.stats(60)).rejects.toMatchObject({ status: 0, code: "unreachable" });
});

it("reads the readiness report of a server that is not ready", async () => {
  const checks = { database: { ok: false, detail: "no answer within 1 s" } };
  serve(() => ({ status: 503, json: { status: "not_ready", checks } }));
  await expect(api.ready()).resolves.toEqual({ status: "not_ready", checks });
});
