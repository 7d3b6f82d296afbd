/** What `/config.json` says; the same bundle runs anywhere. */
export interface RuntimeConfig {
  appName: string;
  /** Prefix of every API path; empty for the page's own origin. */
  apiBaseUrl: string;
  /** Address of the live events, `ws://…` or `wss://…`. */
  wsUrl: string;
}

interface ConfigFile {
  app_name: string;
  api_base_url: string;
  ws_url: string;
}

/** Waits before the next attempts; a laptop that wakes up changes its network meanwhile. */
const WAITS_MS = [300, 1_000, 3_000];

/** Reads `/config.json`; throws when it stays out of reach, is missing, or is no JSON. */
export async function loadConfig(): Promise<RuntimeConfig> {
  const response = await fetchPatiently("/config.json", WAITS_MS);
  if (!response.ok) throw new Error(`/config.json answered ${response.status}`);
  const file = (await response.json()) as Partial<ConfigFile>;
  return {
    appName: file.app_name ?? "Task Tracker",
    apiBaseUrl: file.api_base_url ?? "",
    wsUrl: socketUrl(file.ws_url ?? ""),
  };
}

/** Asks again when there was no answer at all; any answer is an answer. */
async function fetchPatiently(path: string, waits: readonly number[]): Promise<Response> {
  try {
    return await fetch(path, { cache: "no-store" });
  } catch (error) {
    const [wait, ...later] = waits;
    if (wait === undefined) throw error;
    await new Promise((resolve) => window.setTimeout(resolve, wait));
    return fetchPatiently(path, later);
  }
}

/** The configured address, or `/ws` of the page's own origin. */
function socketUrl(configured: string): string {
  if (configured !== "") return configured;
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${window.location.host}/ws`;
}
