import { useQuery } from "@tanstack/react-query";

import { keys } from "../../api/keys.ts";
import type { Ready } from "../../api/types.ts";
import { useApi } from "../../app-context.ts";
import { Card } from "../../ui/Card.tsx";
import { Icon } from "../../ui/icons.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { REFRESH_MS } from "./refresh.ts";

const STATUS: Record<Ready["status"], { text: string; tone: string }> = {
  ready: { text: "Ready", tone: "good" },
  degraded: { text: "Degraded", tone: "warn" },
  not_ready: { text: "Not ready", tone: "bad" },
  draining: { text: "Draining", tone: "warn" },
};

/** The server's own checks. */
export function ReadyCard() {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: keys.ready,
    queryFn: () => api.ready(),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  return (
    <Card title="Readiness" aside={data && !error && <StatusPill status={data.status} />}>
      {error && <ErrorState error={error} retry={() => void refetch()} />}
      {!error && !data && <Skeleton lines={5} height={28} />}
      {data && !error && <Checks checks={data.checks} />}
    </Card>
  );
}

function StatusPill({ status }: { status: Ready["status"] }) {
  const { text, tone } = STATUS[status];
  return (
    <span className={`pill pill-${tone}`} data-fact="ready">
      {text}
    </span>
  );
}

function Checks({ checks }: { checks: Ready["checks"] }) {
  return (
    <ul className="checks">
      {Object.entries(checks).map(([name, { ok, detail }]) => (
        <li key={name} data-check={name} data-ok={ok}>
          <span className="check-icon">
            <Icon name={ok ? "check" : "cross"} size={16} />
          </span>
          <span className="check-name">{name === "nats" ? "NATS" : name.replaceAll("_", " ")}</span>
          <span className="visually-hidden">{ok ? "passes" : "fails"}</span>
          <span className="check-detail">{detail}</span>
        </li>
      ))}
    </ul>
  );
}
