import { vi } from "vitest";

/** A WebSocket whose server is the test: it says what arrives and when it closes. */
export class ScriptedSocket {
  static all: ScriptedSocket[] = [];

  readonly url: string;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closedByPage = false;

  constructor(url: string) {
    this.url = url;
    ScriptedSocket.all.push(this);
  }

  static install(): void {
    ScriptedSocket.all = [];
    vi.stubGlobal("WebSocket", ScriptedSocket);
  }

  static get last(): ScriptedSocket {
    const socket = ScriptedSocket.all.at(-1);
    if (socket === undefined) throw new Error("no connection was opened");
    return socket;
  }

  close(): void {
    this.closedByPage = true;
  }

  hello(lastEventId: number, version = "1.2.0"): void {
    this.say({ type: "hello", version, release: "r1", slot: "blue", last_event_id: lastEventId });
  }

  event(id: number, kind = "message.new", payload: unknown = {}): void {
    this.say({ type: "event", id, kind, created_at: "2026-11-23T18:00:00Z", payload });
  }

  heartbeat(): void {
    this.say({ type: "heartbeat", last_event_id: 0 });
  }

  drop(code: number): void {
    this.onclose?.({ code });
  }

  private say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}
