import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { throttle } from "../src/live/throttle.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("acts at once, then holds back, and never forgets the last call", () => {
  const action = vi.fn();
  const throttled = throttle(action, 1000);
  throttled();
  expect(action).toHaveBeenCalledTimes(1);
  throttled();
  throttled();
  expect(action).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(action).toHaveBeenCalledTimes(2);
});

it("is quiet when nobody calls", () => {
  const action = vi.fn();
  throttle(action, 1000)();
  vi.advanceTimersByTime(10_000);
  expect(action).toHaveBeenCalledTimes(1);
});
