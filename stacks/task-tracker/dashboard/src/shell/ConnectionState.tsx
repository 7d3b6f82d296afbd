import { useStream } from "../app-context.ts";
import type { StreamState } from "../live/event-stream.ts";

const TEXTS: Record<StreamState, string> = {
  connecting: "Connecting…",
  open: "Live",
  reconnecting: "Reconnecting…",
};

/** Whether new messages reach this tab right now, and from which version. */
export function ConnectionState() {
  const { state, server } = useStream();
  return (
    <p className="connection" data-state={state} role="status">
      <span className="connection-dot" aria-hidden="true" />
      <span>{TEXTS[state]}</span>
      {server && <span className="connection-version">v{server.version}</span>}
    </p>
  );
}
