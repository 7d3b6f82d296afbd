import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { chunk, reloadOnPreloadError } from "../src/shell/preload-error.ts";

const reload = vi.fn();

function chunkIsGone(): Event {
  const event = new Event("vite:preloadError", { cancelable: true });
  window.dispatchEvent(event);
  return event;
}

reloadOnPreloadError(reload);

beforeEach(() => {
  reload.mockClear();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("reloads the page once when a chunk is gone", () => {
  expect(chunkIsGone().defaultPrevented).toBe(true);
  expect(reload).toHaveBeenCalledTimes(1);
});

it("does not loop: the second failure is shown instead", () => {
  chunkIsGone();
  expect(chunkIsGone().defaultPrevented).toBe(false);
  expect(reload).toHaveBeenCalledTimes(1);
});

it("may reload again for another release later", () => {
  chunkIsGone();
  vi.advanceTimersByTime(61_000);
  chunkIsGone();
  expect(reload).toHaveBeenCalledTimes(2);
});

it("keeps the page loading, not failing, while the reload is under way", async () => {
  const settled = vi.fn();
  void chunk(() => Promise.resolve(undefined))().then(settled, settled);
  await vi.advanceTimersByTimeAsync(1000);
  expect(settled).not.toHaveBeenCalled();
  await expect(chunk(() => Promise.resolve("page"))()).resolves.toBe("page");
});
