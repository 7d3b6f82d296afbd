import type { Message, Task } from "../../src/api/types.ts";

export function message(id: string, change: Partial<Message> = {}): Message {
  return {
    id,
    source: "chat",
    source_kind: "chat",
    external_id: `chat-${id}`,
    author: "Olena",
    content: "Сторінка входу повертає 500",
    sent_at: "2026-11-23T18:00:00Z",
    received_at: "2026-11-23T18:00:00Z",
    label: null,
    importance: null,
    category: null,
    topic: null,
    task_id: null,
    processed_at: null,
    ...change,
  };
}

export function processed(id: string, change: Partial<Message> = {}): Message {
  return message(id, {
    label: "signal",
    importance: 0.9,
    category: "bug",
    processed_at: "2026-11-23T18:00:01Z",
    ...change,
  });
}

export function task(id: string, change: Partial<Task> = {}): Task {
  return {
    id,
    message_id: null,
    title: `Task ${id}`,
    category: "bug",
    priority: "high",
    status: "open",
    source: null,
    created_at: "2026-11-23T18:00:00Z",
    updated_at: "2026-11-23T18:00:00Z",
    ...change,
  };
}
