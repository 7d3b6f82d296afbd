import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ComponentType } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";

import { ApiClient } from "../../src/api/client.ts";
import { AppContext } from "../../src/app-context.ts";
import { EventStream } from "../../src/live/event-stream.ts";
import { Feed } from "../../src/live/feed.ts";
import { followEvents } from "../../src/live/follow.ts";

const CONFIG = { appName: "Task Tracker", apiBaseUrl: "", wsUrl: "ws://dashboard.test/ws" };

/** Shows one page with everything around it that `main.tsx` provides. */
export function show(Component: ComponentType, path = "/", address = path) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const stream = new EventStream(CONFIG.wsUrl);
  const feed = new Feed();
  followEvents(stream, queries, feed);
  const router = createMemoryRouter([{ path, Component }], { initialEntries: [address] });
  render(
    <AppContext value={{ config: CONFIG, api: new ApiClient(""), stream, feed }}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </AppContext>,
  );
  return { stream, router };
}
