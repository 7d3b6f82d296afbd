import type { Hello, LiveEvent } from "../api/types.ts";
import { reconnectWait } from "./backoff.ts";

export type StreamState = "connecting" | "open" | "reconnecting";

export interface StreamStatus {
  state: StreamState;
  /** Newest event this tab has handled; null before the first connection. */
  lastEventId: number | null;
  received: number;
  /** Events that came a second time and were dropped. */
  duplicates: number;
  /** Ids that never came; the server's ids have no gaps, so this stays 0. */
  missed: number;
  /** Connections that were opened again after the first one. */
  reconnects: number;
  /** What the server said when the present (or last) connection opened. */
  server: Hello | null;
  openedAt: number | null;
}

type Frame =
  | ({ type: "hello" } & Hello)
  | ({ type: "event" } & LiveEvent)
  | { type: "heartbeat"; last_event_id: number };

/** The server sends a heartbeat every 20 s; two missed ones mean a dead connection. */
const SILENCE_MS = 45_000;
/** A connection that lasted this long starts the waits from the beginning. */
const STABLE_MS = 5_000;
/** Events reach the page in batches: a replay of thousands must not render thousands of times. */
const BATCH_MS = 100;

const CLOSE_WRONG_AFTER = 1008;
const CLOSE_TRY_LATER = 1013;
/** First attempt number after "try later": about 3 s. */
const LATER_ATTEMPT = 4;

const INITIAL: StreamStatus = {
  state: "connecting",
  lastEventId: null,
  received: 0,
  duplicates: 0,
  missed: 0,
  reconnects: 0,
  server: null,
  openedAt: null,
};

/**
 * The live events of the server, without gaps and without repetition.
 *
 * Reconnects for ever, asks for what it missed with `after=<last event id>`, and drops events
 * that it has already handed out.
 */
export class EventStream {
  private readonly url: string;
  private status: StreamStatus = INITIAL;
  private socket: WebSocket | null = null;
  private attempt = 0;
  private retryTimer: number | undefined;
  private silenceTimer: number | undefined;
  private batchTimer: number | undefined;
  private batch: LiveEvent[] = [];
  private readonly statusListeners = new Set<() => void>();
  private readonly eventListeners = new Set<(events: LiveEvent[]) => void>();

  constructor(url: string) {
    this.url = url;
  }

  start(): void {
    window.addEventListener("online", this.retryNow);
    document.addEventListener("visibilitychange", this.retryNow);
    this.connect();
  }

  stop(): void {
    window.removeEventListener("online", this.retryNow);
    document.removeEventListener("visibilitychange", this.retryNow);
    window.clearTimeout(this.retryTimer);
    window.clearTimeout(this.silenceTimer);
    window.clearTimeout(this.batchTimer);
    this.abandonSocket();
  }

  readonly getStatus = (): StreamStatus => this.status;

  readonly onStatus = (listener: () => void): (() => void) => {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  };

  onEvents(listener: (events: LiveEvent[]) => void): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  private connect(): void {
    window.clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    const socket = new WebSocket(this.address());
    this.socket = socket;
    socket.onmessage = (message) => this.onFrame(JSON.parse(String(message.data)) as Frame);
    socket.onclose = (event) => this.onClose(event.code);
    this.expectFrames();
  }

  private address(): string {
    const { lastEventId } = this.status;
    return lastEventId === null ? this.url : `${this.url}?after=${lastEventId}`;
  }

  private onFrame(frame: Frame): void {
    this.expectFrames();
    if (frame.type === "hello") this.onHello(frame);
    else if (frame.type === "event") this.onEvent(frame);
  }

  private onHello({ version, release, slot, last_event_id }: Hello): void {
    const { lastEventId, reconnects, openedAt } = this.status;
    // A log that is shorter than what we saw is another log (a restored database): start over.
    const known = lastEventId !== null && lastEventId <= last_event_id;
    this.update({
      state: "open",
      server: { version, release, slot, last_event_id },
      lastEventId: known ? lastEventId : last_event_id,
      reconnects: openedAt === null ? reconnects : reconnects + 1,
      openedAt: Date.now(),
    });
  }

  private onEvent({ id, kind, created_at, payload }: LiveEvent): void {
    const { lastEventId, received, duplicates, missed } = this.status;
    const last = lastEventId ?? id - 1;
    if (id <= last) {
      this.status = { ...this.status, duplicates: duplicates + 1 };
      return;
    }
    this.status = {
      ...this.status,
      lastEventId: id,
      received: received + 1,
      missed: missed + (id - last - 1),
    };
    this.batch.push({ id, kind, created_at, payload });
    this.batchTimer ??= window.setTimeout(() => this.flush(), BATCH_MS);
  }

  private flush(): void {
    this.batchTimer = undefined;
    const events = this.batch;
    this.batch = [];
    this.eventListeners.forEach((listener) => listener(events));
    this.statusListeners.forEach((listener) => listener());
  }

  private onClose(code: number): void {
    const { state, openedAt } = this.status;
    const wasStable = state === "open" && Date.now() - (openedAt ?? 0) >= STABLE_MS;
    if (wasStable) this.attempt = 0;
    if (code === CLOSE_TRY_LATER) this.attempt = Math.max(this.attempt, LATER_ATTEMPT);
    window.clearTimeout(this.silenceTimer);
    this.socket = null;
    this.update({
      state: "reconnecting",
      lastEventId: code === CLOSE_WRONG_AFTER ? null : this.status.lastEventId,
    });
    this.retryTimer = window.setTimeout(() => this.connect(), reconnectWait(this.attempt));
    this.attempt += 1;
  }

  /** The network is back or somebody looks at the tab again: no reason to wait any longer. */
  private readonly retryNow = (): void => {
    if (this.retryTimer !== undefined && document.visibilityState === "visible") this.connect();
  };

  private expectFrames(): void {
    window.clearTimeout(this.silenceTimer);
    this.silenceTimer = window.setTimeout(() => {
      // close() on a dead connection may take minutes to report: do not wait for it.
      this.abandonSocket();
      this.onClose(0);
    }, SILENCE_MS);
  }

  private abandonSocket(): void {
    if (this.socket === null) return;
    this.socket.onmessage = null;
    this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  private update(change: Partial<StreamStatus>): void {
    this.status = { ...this.status, ...change };
    this.statusListeners.forEach((listener) => listener());
  }
}
