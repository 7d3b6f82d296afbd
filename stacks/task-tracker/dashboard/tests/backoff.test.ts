import { expect, it } from "vitest";

import { LONGEST_WAIT_MS, reconnectWait } from "../src/live/backoff.ts";

const LOWEST = () => 0;
const HIGHEST = () => 1;

it("tries again almost at once after a lost connection", () => {
  expect(reconnectWait(0, HIGHEST)).toBeLessThanOrEqual(200);
});

it("waits longer with every attempt, but never longer than 30 seconds", () => {
  const waits = Array.from({ length: 200 }, (_, attempt) => reconnectWait(attempt, HIGHEST));
  expect(waits.slice(0, 4)).toEqual([200, 400, 800, 1600]);
  expect(Math.max(...waits)).toBe(LONGEST_WAIT_MS);
  expect(waits.at(-1)).toBe(LONGEST_WAIT_MS);
});

it("spreads the tabs over half of the wait", () => {
  expect(reconnectWait(3, LOWEST)).toBe(800);
  expect(reconnectWait(3, HIGHEST)).toBe(1600);
});
