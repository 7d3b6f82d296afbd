import { vi } from "vitest";

interface Answer {
  status?: number;
  json: unknown;
}

type Handler = (url: URL, options: RequestInit) => Answer | undefined;

/** Answers every request of the page from `handler`; what it does not know is 404. */
export function serve(handler: Handler): void {
  vi.stubGlobal("fetch", (address: string, options: RequestInit = {}) => {
    const answer = handler(new URL(address, "http://dashboard.test"), options);
    const { status = 200, json } = answer ?? {
      status: 404,
      json: { error: { code: "not_found", message: address } },
    };
    return Promise.resolve(new Response(JSON.stringify(json), { status }));
  });
}
