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

/** Reads `/config.json`; throws when it is missing or no JSON. */
export async function loadConfig(): Promise<RuntimeConfig> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`/config.json answered ${response.status}`);
  const file = (await response.json()) as Partial<ConfigFile>;
  return {
    appName: file.app_name ?? "Task Tracker",
    apiBaseUrl: file.api_base_url ?? "",
    wsUrl: socketUrl(file.ws_url ?? ""),
  };
}

/** The configured address, or `/ws` of the page's own origin. */
function socketUrl(configured: string): string {
  if (configured !== "") return configured;
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${window.location.host}/ws`;
}
