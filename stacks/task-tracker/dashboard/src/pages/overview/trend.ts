import type { Trend, TrendPoint } from "../../api/types.ts";

const ROUND_STEPS = [1, 1.5, 2, 2.5, 3, 4, 5];

/** The smallest round and even number (2, 4, 6, 8, 10, 20, 30, …) that is at least `value`. */
export function roundCeiling(value: number): number {
  for (let power = 1; ; power *= 10) {
    const half = ROUND_STEPS.map((step) => step * power)
      .filter(Number.isInteger)
      .find((each) => 2 * each >= value);
    if (half !== undefined) return 2 * half;
  }
}

/** The highest column of a trend. */
export function highest(points: readonly TrendPoint[]): number {
  return Math.max(0, ...points.map(({ signal, noise }) => signal + noise));
}

export function totals(points: readonly TrendPoint[]): { signal: number; noise: number } {
  return points.reduce(
    (sum, point) => ({ signal: sum.signal + point.signal, noise: sum.noise + point.noise }),
    { signal: 0, noise: 0 },
  );
}

/** The length of one column in words: "minute", "5 minutes", "hour". */
export function bucketName({ bucket_seconds: seconds }: Trend): string {
  const minutes = Math.round(seconds / 60);
  if (minutes === 1) return "minute";
  if (minutes === 60) return "hour";
  return `${minutes} minutes`;
}
