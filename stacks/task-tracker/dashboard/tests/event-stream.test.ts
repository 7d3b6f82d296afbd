import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { LiveEvent } from "../src/api/types.ts";
import { EventStream } from "../src/live/event-stream.ts";
import { publishStatus } from "../src/live/follow.ts";
import { ScriptedSocket } from "./support/socket.ts";

const SERVICE_RESTART = 1012;
const TRY_LATER = 1013;
const WRONG_AFTER = 1008;

describe("the live events", () => {
  let stream: EventStream;
  let heard: LiveEvent[];

  beforeEach(() => {
    vi.useFakeTimers();
    ScriptedSocket.install();
    stream = new EventStream("ws://dashboard.test/ws");
    heard = [];
    stream.onEvents((events) => heard.push(...events));
    stream.start();
  });

  afterEach(() => {
    stream.stop();
    vi.useRealTimers();
  });

  const flush = () => vi.advanceTimersByTime(100);
  const ids = () => heard.map(({ id }) => id);

  it("start with new events only", () => {
    expect(ScriptedSocket.last.url).toBe("ws://dashboard.test/ws");
    ScriptedSocket.last.hello(40);
    expect(stream.getStatus()).toMatchObject({ state: "open", lastEventId: 40, reconnects: 0 });
  });

  it("are asked for again from the last one heard after the server went away", () => {
    ScriptedSocket.last.hello(40);
    ScriptedSocket.last.event(41);
    ScriptedSocket.last.drop(SERVICE_RESTART);
    expect(stream.getStatus().state).toBe("reconnecting");
    vi.advanceTimersByTime(200);
    expect(ScriptedSocket.last.url).toBe("ws://dashboard.test/ws?after=41");
    ScriptedSocket.last.hello(43);
    ScriptedSocket.last.event(42);
    ScriptedSocket.last.event(43);
    flush();
    expect(ids()).toEqual([41, 42, 43]);
    expect(stream.getStatus()).toMatchObject({ reconnects: 1, missed: 0, lastEventId: 43 });
  });

  it("are handed out once even when the server repeats them", () => {
    ScriptedSocket.last.hello(40);
    [41, 42, 41, 42, 43].forEach((id) => ScriptedSocket.last.event(id));
    flush();
    expect(ids()).toEqual([41, 42, 43]);
    expect(stream.getStatus().duplicates).toBe(2);
  });

  it("are counted as missed when an id was left out", () => {
    ScriptedSocket.last.hello(40);
    ScriptedSocket.last.event(43);
    expect(stream.getStatus().missed).toBe(2);
  });

  it("reach the page in batches", () => {
    const batches = vi.fn();
    stream.onEvents(batches);
    ScriptedSocket.last.hello(0);
    for (let id = 1; id <= 3000; id += 1) ScriptedSocket.last.event(id);
    flush();
    expect(batches).toHaveBeenCalledTimes(1);
    expect(heard).toHaveLength(3000);
  });

  it("never stop being asked for, however long the server is away", () => {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      ScriptedSocket.last.drop(1006);
      vi.advanceTimersByTime(30_000);
      expect(ScriptedSocket.all).toHaveLength(attempt + 2);
    }
  });

  it("are not asked for in a tight loop when connections die as soon as they open", () => {
    for (let attempt = 0; attempt < 6; attempt += 1) {
      ScriptedSocket.last.hello(40);
      ScriptedSocket.last.drop(1006);
      vi.advanceTimersByTime(30_000);
    }
    ScriptedSocket.last.hello(40);
    ScriptedSocket.last.drop(1006);
    const before = ScriptedSocket.all.length;
    vi.advanceTimersByTime(3_000);
    expect(ScriptedSocket.all).toHaveLength(before);
  });

  it("are asked for fast again after a connection that lasted", () => {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      ScriptedSocket.last.drop(1006);
      vi.advanceTimersByTime(30_000);
    }
    ScriptedSocket.last.hello(40);
    vi.advanceTimersByTime(10_000);
    const before = ScriptedSocket.all.length;
    ScriptedSocket.last.drop(SERVICE_RESTART);
    vi.advanceTimersByTime(200);
    expect(ScriptedSocket.all).toHaveLength(before + 1);
  });

  it("wait when the server asks to come later", () => {
    ScriptedSocket.last.hello(40);
    ScriptedSocket.last.drop(TRY_LATER);
    vi.advanceTimersByTime(1_500);
    expect(ScriptedSocket.all).toHaveLength(1);
    vi.advanceTimersByTime(2_000);
    expect(ScriptedSocket.all).toHaveLength(2);
  });

  it("come from a new connection when the old one fell silent", () => {
    ScriptedSocket.last.hello(40);
    const silent = ScriptedSocket.last;
    vi.advanceTimersByTime(40_000);
    silent.heartbeat();
    vi.advanceTimersByTime(40_000);
    expect(ScriptedSocket.all).toHaveLength(1);
    vi.advanceTimersByTime(5_200);
    expect(silent.closedByPage).toBe(true);
    expect(ScriptedSocket.all).toHaveLength(2);
  });

  it("start over when the server's log did", () => {
    ScriptedSocket.last.hello(4000);
    ScriptedSocket.last.drop(1006);
    vi.advanceTimersByTime(200);
    ScriptedSocket.last.hello(3);
    ScriptedSocket.last.event(4);
    flush();
    expect(ids()).toEqual([4]);
  });

  it("start over when the server does not accept the last id", () => {
    ScriptedSocket.last.hello(40);
    ScriptedSocket.last.drop(WRONG_AFTER);
    vi.advanceTimersByTime(200);
    expect(ScriptedSocket.last.url).toBe("ws://dashboard.test/ws");
  });

  it("are asked for at once when the network is back", () => {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      ScriptedSocket.last.drop(1006);
      vi.advanceTimersByTime(30_000);
    }
    ScriptedSocket.last.drop(1006);
    const before = ScriptedSocket.all.length;
    window.dispatchEvent(new Event("online"));
    expect(ScriptedSocket.all).toHaveLength(before + 1);
  });

  it("leave their state on the body for everybody to read", () => {
    publishStatus(stream);
    expect(document.body.dataset).toMatchObject({ wsState: "connecting", lastEventId: "" });
    ScriptedSocket.last.hello(40, "1.3.0");
    ScriptedSocket.last.event(41);
    flush();
    expect(document.body.dataset).toMatchObject({
      wsState: "open",
      lastEventId: "41",
      eventsReceived: "1",
      eventsMissed: "0",
      reconnects: "0",
      serverVersion: "1.3.0",
      serverRelease: "r1",
      serverSlot: "blue",
    });
  });
});
