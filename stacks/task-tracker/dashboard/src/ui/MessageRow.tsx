import { Link } from "react-router";

import type { Message } from "../api/types.ts";
import { Age } from "./Age.tsx";
import { CategoryBadge, LabelBadge } from "./badges.tsx";
import { Icon } from "./icons.tsx";

interface MessageRowProps {
  message: Message;
  /** Where a click leads. */
  to: string;
  current?: boolean;
  /** Cosine similarity 0 to 1, for search results. */
  score?: number;
}

/** One message in a list: who, what, and what the classifier made of it. */
export function MessageRow({ message, to, current = false, score }: MessageRowProps) {
  return (
    <Link
      className={`message message-${message.label ?? "pending"}`}
      to={to}
      data-message-id={message.id}
      aria-current={current ? "true" : undefined}
    >
      <span className="message-icon">
        <Icon name={message.source_kind} size={18} />
      </span>
      <span className="message-body">
        <span className="message-meta">
          <strong>{message.author ?? message.source}</strong>
          <span className="message-source">{message.source}</span>
          <Age at={message.received_at} />
        </span>
        <span className="message-text">{message.content}</span>
        <span className="message-marks">
          <LabelBadge message={message} />
          {message.category && <CategoryBadge category={message.category} />}
          {message.task_id && <TaskMark />}
          {score !== undefined && <Score score={score} />}
        </span>
      </span>
    </Link>
  );
}

function TaskMark() {
  return (
    <span className="task-mark">
      <Icon name="check" size={14} /> Task
    </span>
  );
}

function Score({ score }: { score: number }) {
  const percent = Math.round(score * 100);
  return (
    <span className="score">
      <span className="score-bar" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
      {percent}% match
    </span>
  );
}
