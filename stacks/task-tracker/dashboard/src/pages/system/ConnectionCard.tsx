import { useApp, useStream } from "../../app-context.ts";
import { Age } from "../../ui/Age.tsx";
import { Card } from "../../ui/Card.tsx";
import { formatNumber } from "../../ui/format.ts";
import type { StreamState } from "../../live/event-stream.ts";
import { Facts } from "./Facts.tsx";

const STATES: Record<StreamState, { text: string; tone: string }> = {
  connecting: { text: "Connecting", tone: "warn" },
  open: { text: "Live", tone: "good" },
  reconnecting: { text: "Reconnecting", tone: "warn" },
};

/** What this tab has heard since it was opened. */
export function ConnectionCard() {
  const { config } = useApp();
  const status = useStream();
  const { text, tone } = STATES[status.state];
  const { openedAt, lastEventId, server } = status;
  return (
    <Card title="Live connection" aside={<span className={`pill pill-${tone}`}>{text}</span>}>
      <Facts
        rows={[
          { id: "ws-url", name: "Address", value: <code>{config.wsUrl}</code> },
          { id: "ws-since", name: "Connected since", value: openedAt ? since(openedAt) : "never" },
          { id: "ws-slot", name: "Served by", value: server?.slot ?? server?.version ?? "nobody" },
          { id: "ws-last", name: "Last event", value: lastEventId ?? "none" },
          { id: "ws-received", name: "Events received", value: formatNumber(status.received) },
          { id: "ws-missed", name: "Events missed", value: formatNumber(status.missed) },
          { id: "ws-reconnects", name: "Reconnected", value: times(status.reconnects) },
        ]}
      />
    </Card>
  );
}

function since(openedAt: number) {
  return <Age at={new Date(openedAt).toISOString()} />;
}

function times(count: number): string {
  if (count === 0) return "never";
  return count === 1 ? "once" : `${formatNumber(count)} times`;
}
