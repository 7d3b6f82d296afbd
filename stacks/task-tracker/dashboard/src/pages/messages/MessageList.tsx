import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation } from "react-router";

import { keys } from "../../api/keys.ts";
import type { Message, MessagePage } from "../../api/types.ts";
import { useApi, useApp } from "../../app-context.ts";
import { formatNumber } from "../../ui/format.ts";
import { MessageRow } from "../../ui/MessageRow.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../ui/states.tsx";
import type { Wish } from "./wish.ts";

const PAGE_LENGTH = 50;

interface MessageListProps {
  wish: Wish;
  current: string | undefined;
}

/** Messages that match the filter, newest first, page by page. */
export function MessageList({ wish: { label, category, source }, current }: MessageListProps) {
  const api = useApi();
  const filter = { label, category, source };
  const list = useInfiniteQuery({
    queryKey: keys.messages(filter),
    queryFn: ({ pageParam }) => api.messages(filter, PAGE_LENGTH, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: MessagePage) => page.next_cursor,
  });
  if (list.isPending) return <Skeleton lines={8} height={72} />;
  if (list.isError) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  const total = list.data.pages[0]?.total ?? 0;
  const messages = list.data.pages.flatMap((page) => page.items);
  return (
    <>
      <div className="list-head">
        <p className="soft" role="status">
          {formatNumber(total)} {total === 1 ? "message" : "messages"}
        </p>
        <ArrivedButton key={JSON.stringify(filter)} />
      </div>
      <Rows messages={messages} current={current} />
      {list.hasNextPage && (
        <button
          type="button"
          className="button list-more"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show older messages
        </button>
      )}
    </>
  );
}

function Rows({ messages, current }: { messages: Message[]; current: string | undefined }) {
  const { search } = useLocation();
  if (messages.length === 0) {
    return <EmptyState title="No message matches">Choose a wider filter.</EmptyState>;
  }
  return (
    <ol className="rows card" aria-label="Messages">
      {messages.map((message) => (
        <li key={message.id}>
          <MessageRow
            message={message}
            to={`/messages/${message.id}${search}`}
            current={message.id === current}
          />
        </li>
      ))}
    </ol>
  );
}

/** New messages wait behind a button: the list must not move under the reader's finger. */
function ArrivedButton() {
  const { stream } = useApp();
  const queries = useQueryClient();
  const [arrived, setArrived] = useState(0);
  useEffect(
    () =>
      stream.onEvents((events) => {
        const count = events.filter(({ kind }) => kind === "message.new").length;
        setArrived((before) => before + count);
      }),
    [stream],
  );
  const show = () => {
    setArrived(0);
    void queries.invalidateQueries({ queryKey: keys.allMessages });
  };
  if (arrived === 0) return null;
  return (
    <button type="button" className="chip chip-accent" onClick={show}>
      {formatNumber(arrived)} new – show
    </button>
  );
}
