import type { MessageFilter } from "./client.ts";
import type { Category, Label, TaskStatus } from "./types.ts";

/** The names under which answers are cached. */
export const keys = {
  allStats: ["stats"] as const,
  stats: (minutes: number) => ["stats", minutes] as const,
  allMessages: ["messages"] as const,
  messages: (filter: MessageFilter) => ["messages", filter] as const,
  recent: ["recent"] as const,
  message: (id: string) => ["message", id] as const,
  similar: (id: string) => ["similar", id] as const,
  search: (q: string, label: Label | undefined) => ["search", q, label] as const,
  allTasks: ["tasks"] as const,
  tasks: (status: TaskStatus, category: Category | undefined) =>
    ["tasks", status, category] as const,
  sources: ["sources"] as const,
  ready: ["ready"] as const,
  version: ["version"] as const,
};
