import { useQuery } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";

import { keys } from "../../api/keys.ts";
import type { Category, Task } from "../../api/types.ts";
import { useApi } from "../../app-context.ts";
import { formatNumber } from "../../ui/format.ts";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import type { BoardColumn, Move } from "./board.ts";
import { TaskCard } from "./TaskCard.tsx";

const LENGTH = 60;
const DRAGGED = "application/x-task";

interface ColumnProps {
  column: BoardColumn;
  category: Category | undefined;
  /** A phone shows one column at a time. */
  onPhone: boolean;
  /** The task that was just moved here; gets the focus. */
  movedId: string | null;
  onMove: (move: Move) => void;
}

/** One status of the board; takes tasks that are dropped on it. */
export function Column({ column, category, onPhone, movedId, onMove }: ColumnProps) {
  const { status, title, empty } = column;
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: keys.tasks(status, category),
    queryFn: () => api.tasks(status, category, LENGTH),
    placeholderData: (previous) => previous,
  });
  const drop = useDrop((task) => task.status !== status && onMove({ task, to: status }));
  const tasks = data?.items ?? [];
  return (
    <section
      className="column"
      aria-label={title}
      data-status={status}
      data-on-phone={onPhone}
      data-over={drop.over}
      {...drop.handlers}
    >
      <h2 className="column-title">
        {title} <span className="count">{data ? formatNumber(data.total) : "…"}</span>
      </h2>
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!error && !data && <Skeleton lines={4} height={96} />}
      {data && tasks.length === 0 && <p className="column-empty">{empty}</p>}
      <ul>
        {tasks.map((task) => (
          <TaskCard
            key={task.id}
            task={task}
            focused={task.id === movedId}
            onMove={(to) => onMove({ task, to })}
            onDrag={(transfer) => transfer.setData(DRAGGED, JSON.stringify(task))}
          />
        ))}
      </ul>
      {data && data.total > tasks.length && (
        <p className="column-empty">and {formatNumber(data.total - tasks.length)} more</p>
      )}
    </section>
  );
}

function useDrop(onTask: (task: Task) => void) {
  const [over, setOver] = useState(false);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      onTask(JSON.parse(event.dataTransfer.getData(DRAGGED)) as Task);
    },
  };
  return { over, handlers };
}
