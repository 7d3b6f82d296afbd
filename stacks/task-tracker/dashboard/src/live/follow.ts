import type { InfiniteData, QueryClient } from "@tanstack/react-query";

import { keys } from "../api/keys.ts";
import type { LiveEvent, Message, MessagePage } from "../api/types.ts";
import type { EventStream, StreamStatus } from "./event-stream.ts";
import { type Feed, messagesIn } from "./feed.ts";
import { throttle } from "./throttle.ts";

/** Figures are fetched again at most this often while events pour in. */
const REFRESH_MS = 1_500;

/** Keeps feed and fetched data in step with the live events. */
export function followEvents(stream: EventStream, queries: QueryClient, feed: Feed): void {
  const refresh = {
    stats: throttle(() => void queries.invalidateQueries({ queryKey: keys.allStats }), REFRESH_MS),
    tasks: throttle(() => void queries.invalidateQueries({ queryKey: keys.allTasks }), REFRESH_MS),
  };
  stream.onEvents((events) => {
    const messages = messagesIn(events);
    feed.add(messages);
    updateKnownMessages(queries, messages);
    refresh.stats();
    if (events.some(isTaskEvent)) refresh.tasks();
  });
  refetchOnEveryConnection(stream, queries);
}

function isTaskEvent({ kind }: LiveEvent): boolean {
  return kind.startsWith("task.");
}

/** Messages already on the screen get their label without a request. */
function updateKnownMessages(queries: QueryClient, messages: Message[]): void {
  const processed = new Map(messages.filter((m) => m.processed_at).map((m) => [m.id, m]));
  if (processed.size === 0) return;
  queries.setQueriesData<InfiniteData<MessagePage>>({ queryKey: keys.allMessages }, (data) =>
    data && { ...data, pages: data.pages.map((page) => withUpdates(page, processed)) },
  );
}

function withUpdates(page: MessagePage, processed: Map<string, Message>): MessagePage {
  return { ...page, items: page.items.map((message) => processed.get(message.id) ?? message) };
}

/** After an interruption (or the log's restart) everything shown may be old. */
function refetchOnEveryConnection(stream: EventStream, queries: QueryClient): void {
  let { openedAt } = stream.getStatus();
  stream.onStatus(() => {
    const status = stream.getStatus();
    if (status.openedAt === openedAt) return;
    openedAt = status.openedAt;
    void queries.invalidateQueries();
  });
}

/**
 * Writes the connection's state to the body, where tests and curious people can read it.
 * Documented in the dashboard's README.
 */
export function publishStatus(stream: EventStream): void {
  const write = (): void => writeStatus(document.body.dataset, stream.getStatus());
  write();
  stream.onStatus(write);
}

function writeStatus(data: DOMStringMap, status: StreamStatus): void {
  data.wsState = status.state;
  data.lastEventId = String(status.lastEventId ?? "");
  data.eventsReceived = String(status.received);
  data.eventsDuplicate = String(status.duplicates);
  data.eventsMissed = String(status.missed);
  data.reconnects = String(status.reconnects);
  data.serverVersion = status.server?.version ?? "";
  data.serverRelease = status.server?.release ?? "";
  data.serverSlot = status.server?.slot ?? "";
}
