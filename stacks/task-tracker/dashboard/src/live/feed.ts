import type { LiveEvent, Message } from "../api/types.ts";

/** How many messages the live feed keeps. */
export const FEED_LENGTH = 30;

/** Newest first, each message once, a processed one in place of the raw one. */
export function mergeFeed(current: readonly Message[], incoming: readonly Message[]): Message[] {
  const byId = new Map(current.map((message) => [message.id, message]));
  for (const message of incoming) {
    const known = byId.get(message.id);
    if (known === undefined || known.processed_at === null) byId.set(message.id, message);
  }
  return [...byId.values()]
    .sort((a, b) => b.received_at.localeCompare(a.received_at))
    .slice(0, FEED_LENGTH);
}

/** The messages that an event batch carries, in order. */
export function messagesIn(events: readonly LiveEvent[]): Message[] {
  return events
    .filter(({ kind }) => kind === "message.new" || kind === "message.processed")
    .map(({ payload }) => payload as Message);
}

/** The newest messages this tab has seen arrive; outlives the page that shows them. */
export class Feed {
  private messages: Message[] = [];
  private readonly listeners = new Set<() => void>();

  readonly get = (): readonly Message[] => this.messages;

  readonly onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(incoming: readonly Message[]): void {
    if (incoming.length === 0) return;
    this.messages = mergeFeed(this.messages, incoming);
    this.listeners.forEach((listener) => listener());
  }
}
