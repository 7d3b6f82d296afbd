import { createBrowserRouter } from "react-router";

import { Layout } from "./shell/Layout.tsx";
import { NotFound } from "./shell/NotFound.tsx";
import { chunk } from "./shell/preload-error.ts";
import { RouteError } from "./shell/RouteError.tsx";
import { Skeleton } from "./ui/states.tsx";

/** Each page is a chunk of its own, loaded when it is first opened. */
export function createRouter() {
  return createBrowserRouter([
    {
      Component: Layout,
      ErrorBoundary: RouteError,
      HydrateFallback: () => <Skeleton lines={6} />,
      children: [
        {
          ErrorBoundary: RouteError,
          children: [
            { path: "/", lazy: chunk(() => import("./pages/overview/OverviewPage.tsx")) },
            {
              path: "/messages/:messageId?",
              lazy: chunk(() => import("./pages/messages/MessagesPage.tsx")),
            },
            { path: "/tasks", lazy: chunk(() => import("./pages/tasks/TasksPage.tsx")) },
            { path: "/system", lazy: chunk(() => import("./pages/system/SystemPage.tsx")) },
            { path: "*", Component: NotFound },
          ],
        },
      ],
    },
  ]);
}
