import { expect, it, vi } from "vitest";

import { Feed, FEED_LENGTH, mergeFeed, messagesIn } from "../src/live/feed.ts";
import { message, processed } from "./support/samples.ts";

it("shows a message once, with its classification", () => {
  const merged = mergeFeed([message("a")], [processed("a")]);
  expect(merged).toHaveLength(1);
  expect(merged[0]?.label).toBe("signal");
});

it("never takes a classification back", () => {
  expect(mergeFeed([processed("a")], [message("a")])[0]?.label).toBe("signal");
});

it("keeps the newest on top and forgets the oldest", () => {
  const many = Array.from({ length: FEED_LENGTH + 10 }, (_, second) =>
    message(`m${second}`, { received_at: `2026-11-23T18:00:${String(second).padStart(2, "0")}Z` }),
  );
  const merged = mergeFeed([], many);
  expect(merged).toHaveLength(FEED_LENGTH);
  expect(merged[0]?.id).toBe(`m${FEED_LENGTH + 9}`);
});

it("takes messages out of events and ignores kinds it does not know", () => {
  const event = (id: number, kind: string, payload: unknown) => ({
    id,
    kind,
    created_at: "2026-11-23T18:00:00Z",
    payload,
  });
  const events = [
    event(1, "message.new", message("a")),
    event(2, "weather.changed", { sun: true }),
    event(3, "message.processed", processed("a")),
  ];
  expect(messagesIn(events).map(({ id }) => id)).toEqual(["a", "a"]);
});

it("tells its listeners when something arrived, and only then", () => {
  const feed = new Feed();
  const listener = vi.fn();
  feed.onChange(listener);
  feed.add([]);
  expect(listener).not.toHaveBeenCalled();
  feed.add([message("a")]);
  expect(listener).toHaveBeenCalledOnce();
});
