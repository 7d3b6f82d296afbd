/** The API's shapes, as described in `API.md`. */

export type Label = "signal" | "noise";
export type Category = "bug" | "feature" | "question" | "chore";
export type SourceKind = "chat" | "email" | "alert" | "webhook";
export type TaskStatus = "open" | "in_progress" | "done";
export type Priority = "low" | "medium" | "high" | "urgent";

export interface Message {
  id: string;
  source: string;
  source_kind: SourceKind;
  external_id: string;
  author: string | null;
  content: string;
  sent_at: string;
  received_at: string;
  label: Label | null;
  /** 0 to 1; null until the worker has processed the message. */
  importance: number | null;
  category: Category | null;
  topic: { id: number; name: string } | null;
  task_id: string | null;
  processed_at: string | null;
}

export interface MessagePage {
  items: Message[];
  next_cursor: string | null;
  total: number;
}

export interface SearchResult {
  query: string | null;
  items: { score: number; message: Message }[];
}

export interface Task {
  id: string;
  message_id: string | null;
  title: string;
  category: Category;
  priority: Priority;
  status: TaskStatus;
  source: string | null;
  created_at: string;
  updated_at: string;
}

export interface TaskPage {
  items: Task[];
  total: number;
}

export interface Source {
  id: number;
  name: string;
  kind: SourceKind;
  message_count: number;
}

export interface TrendPoint {
  at: string;
  signal: number;
  noise: number;
}

export interface Trend {
  bucket_seconds: number;
  points: TrendPoint[];
}

export interface QueueState {
  connected: boolean;
  pending: number | null;
  running: number | null;
  redelivered: number | null;
}

export interface Stats {
  messages: number;
  processed: number;
  pending: number;
  signal: number;
  noise: number;
  tasks: number;
  tasks_by_status: Record<TaskStatus, number>;
  tasks_by_category: Record<Category, number>;
  topics: number;
  topic_message_sum: number;
  outbox_pending: number;
  dead: number;
  jobs_duplicated: number;
  last_event_id: number;
  queue: QueueState;
  trend: Trend;
}

export interface ReadyCheck {
  ok: boolean;
  detail: string;
}

export interface Ready {
  status: "ready" | "degraded" | "not_ready" | "draining";
  checks: Record<string, ReadyCheck>;
}

export interface Version {
  version: string;
  release: string | null;
  slot: string | null;
  commit: string | null;
  built_at: string | null;
  schema: string | null;
}

/** An entry of the server's event log; ids are gap-free and rising. */
export interface LiveEvent {
  id: number;
  kind: string;
  created_at: string;
  payload: unknown;
}

/** The server's first frame on every connection. */
export interface Hello {
  version: string;
  release: string | null;
  slot: string | null;
  last_event_id: number;
}
