const RELOADED_AT = "task-tracker:reloaded-at";
const QUIET_MS = 60_000;

/** May the page reload itself now? At most once a minute: a chunk that stays away must not loop. */
export function mayReload(storage: Storage, now: number): boolean {
  const last = Number(storage.getItem(RELOADED_AT) ?? 0);
  if (now - last < QUIET_MS) return false;
  storage.setItem(RELOADED_AT, String(now));
  return true;
}

/** A chunk of an old release may be gone: the reloaded page knows the new names. */
export function reloadOnPreloadError(reload: () => void): void {
  window.addEventListener("vite:preloadError", (event) => {
    if (!mayReload(window.sessionStorage, Date.now())) return;
    // Without the default action the import resolves to nothing instead of throwing.
    event.preventDefault();
    reload();
  });
}

/** Loads a page's chunk; while the page reloads it stays pending instead of showing an error. */
export function chunk<T>(load: () => Promise<T | undefined>): () => Promise<T> {
  return async () => (await load()) ?? new Promise<T>(() => undefined);
}
