/** Longest wait between two attempts, in milliseconds. */
export const LONGEST_WAIT_MS = 30_000;

const FIRST_WAIT_MS = 200;

/**
 * How long to wait before reconnect attempt number `attempt` (0 is the first), in milliseconds.
 *
 * The wait doubles up to 30 s. Between half of it and all of it is drawn at random, so that the
 * tabs which lost one server together do not come back together.
 */
export function reconnectWait(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return Math.round(ceiling * (0.5 + 0.5 * random()));
}
