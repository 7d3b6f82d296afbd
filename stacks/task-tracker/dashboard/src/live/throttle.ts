/**
 * Runs `action` at once for the first call, then at most once per `interval` milliseconds.
 * A call during the interval runs at its end, so the last one always counts.
 */
export function throttle(action: () => void, interval: number): () => void {
  let timer: number | undefined;
  let again = false;
  const elapsed = (): void => {
    timer = undefined;
    if (again) run();
  };
  const run = (): void => {
    again = false;
    timer = window.setTimeout(elapsed, interval);
    action();
  };
  return () => {
    if (timer === undefined) run();
    else again = true;
  };
}
