import { useEffect, useRef } from "react";
import { Link } from "react-router";

import type { Task, TaskStatus } from "../../api/types.ts";
import { Age } from "../../ui/Age.tsx";
import { CategoryBadge, PriorityMark } from "../../ui/badges.tsx";
import { Icon } from "../../ui/icons.tsx";
import { stepsFrom, titleOf } from "./board.ts";

interface TaskCardProps {
  task: Task;
  focused: boolean;
  onMove: (to: TaskStatus) => void;
  onDrag: (transfer: DataTransfer) => void;
}

/** One task; moved by its buttons (mouse, keyboard, touch) or by dragging. */
export function TaskCard({ task, focused, onMove, onDrag }: TaskCardProps) {
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (focused) card.current?.focus({ preventScroll: true });
  }, [focused]);
  return (
    <li
      ref={card}
      className="card task"
      data-task-id={task.id}
      draggable
      tabIndex={-1}
      onDragStart={(event) => onDrag(event.dataTransfer)}
    >
      <p className="task-marks">
        <CategoryBadge category={task.category} />
        <PriorityMark priority={task.priority} />
      </p>
      <p className="task-title">{task.title}</p>
      <div className="task-foot">
        <p className="task-origin">
          <Origin task={task} /> · <Age at={task.created_at} />
        </p>
        <Steps task={task} onMove={onMove} />
      </div>
    </li>
  );
}

function Origin({ task: { message_id: messageId, source } }: { task: Task }) {
  if (messageId === null) return <>by hand</>;
  return <Link to={`/messages/${messageId}`}>{source ?? "message"}</Link>;
}

function Steps({ task, onMove }: { task: Task; onMove: (to: TaskStatus) => void }) {
  return (
    <div className="task-steps">
      {stepsFrom(task.status).map(({ to, text, back }) => (
        <button
          key={to}
          type="button"
          className="button button-small"
          title={text}
          aria-label={`${text}: move “${task.title}” to ${titleOf(to)}`}
          onClick={() => onMove(to)}
        >
          {back && <Icon name="arrowLeft" size={14} />}
          <span className="step-text">{text}</span>
          {!back && <Icon name={to === "done" ? "check" : "arrowRight"} size={14} />}
        </button>
      ))}
    </div>
  );
}
