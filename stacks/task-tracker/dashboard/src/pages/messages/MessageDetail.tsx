import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "react-router";

import { keys } from "../../api/keys.ts";
import type { Message } from "../../api/types.ts";
import { useApi } from "../../app-context.ts";
import { CategoryBadge, LabelBadge } from "../../ui/badges.tsx";
import { formatMoment, formatPercent } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { Similar } from "./Similar.tsx";

/** One message in full, with its classification and its neighbours. */
export function MessageDetail({ id }: { id: string }) {
  const api = useApi();
  const { search } = useLocation();
  const message = useQuery({
    queryKey: keys.message(id),
    queryFn: () => api.message(id),
    // The worker usually needs less than a second.
    refetchInterval: ({ state }) => (state.data?.processed_at === null ? 1_000 : false),
  });
  return (
    <article className="card detail">
      <Link className="detail-back" to={`/messages${search}`}>
        <Icon name="arrowLeft" size={16} /> Back to the list
      </Link>
      {message.isPending && <Skeleton lines={3} />}
      {message.isError && (
        <ErrorState error={message.error} retry={() => void message.refetch()} />
      )}
      {message.data && <Content message={message.data} />}
      {message.data?.processed_at && <Similar id={id} />}
    </article>
  );
}

function Content({ message }: { message: Message }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <h2 className={`detail-title message-${message.label ?? "pending"}`} ref={heading} tabIndex={-1}>
        <span className="message-icon">
          <Icon name={message.source_kind} size={18} />
        </span>
        {message.author ?? message.source}
      </h2>
      <p className="detail-text">{message.content}</p>
      <p className="message-marks">
        <LabelBadge message={message} />
        {message.category && <CategoryBadge category={message.category} />}
      </p>
      <Facts message={message} />
    </>
  );
}

function Facts({ message }: { message: Message }) {
  const { importance, topic, task_id: task } = message;
  return (
    <dl className="facts">
      <Fact name="Importance">
        {importance === null ? "being classified" : formatPercent(importance)}
      </Fact>
      <Fact name="Topic">{topic?.name ?? "none yet"}</Fact>
      <Fact name="Task">{task ? <Link to="/tasks">on the board</Link> : "none"}</Fact>
      <Fact name="Source">
        {message.source} <span className="soft">({message.external_id})</span>
      </Fact>
      <Fact name="Sent">{formatMoment(message.sent_at)}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
