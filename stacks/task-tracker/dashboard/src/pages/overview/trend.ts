import type { Trend, TrendPoint } from "../../api/types.ts";

const NICE_STEPS = [1, 2, 5];

/** The smallest "round" number (1, 2, 5, 10, 20, …) times two that is at least `value`. */
export function niceCeiling(value: number): number {
  for (let power = 1; ; power *= 10) {
    for (const step of NICE_STEPS) {
      if (2 * step * power >= value) return 2 * step * power;
    }
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
