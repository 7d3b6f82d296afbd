import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { Link } from "react-router";

import { keys } from "../../api/keys.ts";
import { useApi, useApp, useStream } from "../../app-context.ts";
import { FEED_LENGTH, mergeFeed } from "../../live/feed.ts";
import { Card } from "../../ui/Card.tsx";
import { MessageRow } from "../../ui/MessageRow.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../ui/states.tsx";

/** The newest messages, each one changing in place when the worker has classified it. */
export function LiveFeed() {
  const api = useApi();
  const { feed } = useApp();
  const arrived = useSyncExternalStore(feed.onChange, feed.get);
  const { data, error, refetch } = useQuery({
    queryKey: keys.recent,
    queryFn: () => api.messages({}, FEED_LENGTH),
  });
  const messages = mergeFeed(data?.items ?? [], arrived);
  return (
    <Card title="Live feed" aside={<LiveMark />} className="feed">
      {messages.length === 0 && error && (
        <ErrorState error={error} retry={() => void refetch()} />
      )}
      {messages.length === 0 && !error && !data && <Skeleton lines={6} height={64} />}
      {messages.length === 0 && data && (
        <EmptyState title="No messages yet">
          Write one above, or post one to <code>/webhook/demo</code>.
        </EmptyState>
      )}
      {messages.length > 0 && (
        <ol className="feed-list" aria-label="Newest messages">
          {messages.map((message) => (
            <li key={message.id}>
              <MessageRow message={message} to={`/messages/${message.id}`} />
            </li>
          ))}
        </ol>
      )}
      <Link className="card-more" to="/messages">
        All messages
      </Link>
    </Card>
  );
}

function LiveMark() {
  const { state } = useStream();
  return (
    <span className="live-mark" data-state={state}>
      <span className="connection-dot" aria-hidden="true" />
      {state === "open" ? "Live" : "Paused"}
    </span>
  );
}
