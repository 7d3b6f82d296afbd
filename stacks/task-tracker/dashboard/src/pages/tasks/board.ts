import type { Task, TaskPage, TaskStatus } from "../../api/types.ts";

export interface BoardColumn {
  status: TaskStatus;
  title: string;
  empty: string;
}

export const COLUMNS: readonly BoardColumn[] = [
  { status: "open", title: "Open", empty: "Nothing is waiting." },
  { status: "in_progress", title: "In progress", empty: "Nobody is working on anything." },
  { status: "done", title: "Done", empty: "Nothing finished yet." },
];

export interface Move {
  task: Task;
  to: TaskStatus;
}

/** What a column shows once a move is done, before the server has confirmed it. */
export function afterMove(page: TaskPage, column: TaskStatus, { task, to }: Move): TaskPage {
  const others = page.items.filter(({ id }) => id !== task.id);
  const left = page.items.length - others.length;
  if (column !== to) return { items: others, total: page.total - left };
  return { items: [{ ...task, status: to }, ...others], total: page.total - left + 1 };
}

export interface Step {
  to: TaskStatus;
  text: string;
  back: boolean;
}

const STEPS: Record<TaskStatus, readonly Step[]> = {
  open: [{ to: "in_progress", text: "Start", back: false }],
  in_progress: [
    { to: "open", text: "Put back", back: true },
    { to: "done", text: "Finish", back: false },
  ],
  done: [{ to: "open", text: "Reopen", back: true }],
};

/** The moves that a task's buttons offer. */
export function stepsFrom(status: TaskStatus): readonly Step[] {
  return STEPS[status];
}

export function titleOf(status: TaskStatus): string {
  return COLUMNS.find((column) => column.status === status)?.title ?? status;
}
