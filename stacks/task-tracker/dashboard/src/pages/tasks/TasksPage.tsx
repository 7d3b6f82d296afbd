import "./tasks.css";

import { useState } from "react";

import type { Category, TaskStatus } from "../../api/types.ts";
import { PageHead } from "../../ui/PageHead.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { COLUMNS, type Move, titleOf } from "./board.ts";
import { Column } from "./Column.tsx";
import { NewTask } from "./NewTask.tsx";
import { useMoveTask } from "./useMoveTask.ts";

const KINDS = [
  { value: "all", text: "All" },
  { value: "bug", text: "Bugs" },
  { value: "feature", text: "Features" },
  { value: "question", text: "Questions" },
  { value: "chore", text: "Chores" },
] as const;

const PHONE_COLUMNS = COLUMNS.map(({ status, title }) => ({ value: status, text: title }));

/** The board: what is to do, what is being done, what is done. */
export function Component() {
  const [kind, setKind] = useState<Category | "all">("all");
  const [shown, show] = useState<TaskStatus>("open");
  const [moved, setMoved] = useState<Move | null>(null);
  const { mutate, error } = useMoveTask();
  const move = (next: Move) => {
    setMoved(next);
    mutate(next);
  };
  return (
    <>
      <PageHead title="Tasks" text="Messages that matter become tasks by themselves.">
        <Segments legend="Kind" options={KINDS} value={kind} onChange={setKind} />
      </PageHead>
      <NewTask />
      {error && (
        <p className="field-error" role="alert">
          Not moved: {error.message}. The task is back where it was.
        </p>
      )}
      <p className="visually-hidden" role="status">
        {moved && !error && `Moved “${moved.task.title}” to ${titleOf(moved.to)}`}
      </p>
      <div className="board-switch">
        <Segments legend="Column" options={PHONE_COLUMNS} value={shown} onChange={show} />
      </div>
      <div className="board">
        {COLUMNS.map((column) => (
          <Column
            key={column.status}
            column={column}
            category={kind === "all" ? undefined : kind}
            onPhone={column.status === shown}
            movedId={moved?.to === column.status ? moved.task.id : null}
            onMove={move}
          />
        ))}
      </div>
    </>
  );
}
