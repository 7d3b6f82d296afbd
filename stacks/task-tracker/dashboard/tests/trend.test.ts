import { expect, it } from "vitest";

import { bucketName, highest, roundCeiling, totals } from "../src/pages/overview/trend.ts";

it("has a round scale that is just high enough and can be halved", () => {
  expect([0, 1, 3, 9, 11, 23, 47, 60, 61, 1234].map(roundCeiling)).toEqual([
    2, 2, 4, 10, 20, 30, 50, 60, 80, 2000,
  ]);
});

it("adds up columns and range", () => {
  const points = [
    { at: "2026-11-23T18:00:00Z", signal: 3, noise: 1 },
    { at: "2026-11-23T18:01:00Z", signal: 2, noise: 5 },
  ];
  expect(highest(points)).toBe(7);
  expect(highest([])).toBe(0);
  expect(totals(points)).toEqual({ signal: 5, noise: 6 });
});

it("names the length of a column", () => {
  const name = (seconds: number) => bucketName({ bucket_seconds: seconds, points: [] });
  expect([60, 300, 900, 3600].map(name)).toEqual(["minute", "5 minutes", "15 minutes", "hour"]);
});
