import { createContext, useContext, useSyncExternalStore } from "react";

import type { ApiClient } from "./api/client.ts";
import type { RuntimeConfig } from "./config.ts";
import type { EventStream, StreamStatus } from "./live/event-stream.ts";
import type { Feed } from "./live/feed.ts";

/** What every part of the page may ask for; made once in `main.tsx`. */
export interface App {
  config: RuntimeConfig;
  api: ApiClient;
  stream: EventStream;
  feed: Feed;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("useApp needs an AppContext above it");
  return app;
}

export function useApi(): ApiClient {
  return useApp().api;
}

/** The live connection's state; renders again whenever it changes. */
export function useStream(): StreamStatus {
  const { stream } = useApp();
  return useSyncExternalStore(stream.onStatus, stream.getStatus);
}
