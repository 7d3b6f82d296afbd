import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/message.css";
import "./shell/shell.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { RouterProvider } from "react-router";

import { ApiClient } from "./api/client.ts";
import { AppContext } from "./app-context.ts";
import { loadConfig } from "./config.ts";
import { EventStream } from "./live/event-stream.ts";
import { Feed } from "./live/feed.ts";
import { followEvents, publishStatus } from "./live/follow.ts";
import { createRouter } from "./routes.tsx";
import { reloadOnPreloadError } from "./shell/preload-error.ts";
import { StartFailure } from "./shell/StartFailure.tsx";
import { applyTheme, storedTheme } from "./shell/theme.ts";

async function start(root: Root): Promise<void> {
  applyTheme(storedTheme());
  const router = createRouter();
  reloadOnPreloadError(() => reopen(router));
  const config = await loadConfig();
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 2_000 } } });
  const stream = new EventStream(config.wsUrl);
  const feed = new Feed();
  followEvents(stream, queries, feed);
  publishStatus(stream);
  stream.start();
  root.render(
    <StrictMode>
      <AppContext value={{ config, api: new ApiClient(config.apiBaseUrl), stream, feed }}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AppContext>
    </StrictMode>,
  );
}

/** Loads the page afresh, at the address that the reader was on the way to. */
function reopen(router: ReturnType<typeof createRouter>): void {
  const { location } = router.state.navigation;
  if (location) window.location.assign(router.createHref(location));
  else window.location.reload();
}

const element = document.getElementById("root");
if (element === null) throw new Error("index.html has no element #root");
const root = createRoot(element);
start(root).catch((error: unknown) => root.render(<StartFailure error={error} />));
