import { useQuery } from "@tanstack/react-query";

import { keys } from "../../api/keys.ts";
import type { Stats } from "../../api/types.ts";
import { useApi } from "../../app-context.ts";
import { Card } from "../../ui/Card.tsx";
import { formatNumber } from "../../ui/format.ts";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { Facts } from "./Facts.tsx";
import { REFRESH_MS } from "./refresh.ts";

const MINUTES = 60;

/** Jobs between arrival and classification. */
export function QueueCard() {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: keys.stats(MINUTES),
    queryFn: () => api.stats(MINUTES),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Card title="Queue" aside={data && <QueuePill queue={data.queue} />}>
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!error && !data && <Skeleton lines={6} height={24} />}
      {data && <Queue stats={data} />}
    </Card>
  );
}

function QueuePill({ queue: { connected } }: { queue: Stats["queue"] }) {
  return (
    <span className={`pill pill-${connected ? "good" : "warn"}`}>
      {connected ? "Connected" : "Away"}
    </span>
  );
}

function Queue({ stats }: { stats: Stats }) {
  const { queue, outbox_pending, dead, jobs_duplicated, processed, topic_message_sum } = stats;
  return (
    <>
      <Facts
        rows={[
          { id: "queue-pending", name: "Waiting", value: figure(queue.pending) },
          { id: "queue-running", name: "Running", value: figure(queue.running) },
          { id: "outbox-pending", name: "Not yet queued (outbox)", value: figure(outbox_pending) },
          { id: "redelivered", name: "Delivered again", value: figure(queue.redelivered) },
          { id: "duplicated", name: "Repeats without effect", value: figure(jobs_duplicated) },
          { id: "dead", name: "Given up", value: figure(dead) },
        ]}
      />
      <ExactlyOnce processed={processed} counted={topic_message_sum} />
    </>
  );
}

/** Every processed message raised one topic's count: the sums prove that no job ran twice. */
function ExactlyOnce({ processed, counted }: { processed: number; counted: number }) {
  const exact = processed === counted;
  return (
    <p className={`proof proof-${exact ? "good" : "bad"}`} data-fact="exactly-once">
      {exact
        ? `${formatNumber(processed)} messages processed, each exactly once`
        : `${formatNumber(processed)} messages processed, ${formatNumber(counted)} effects counted`}
    </p>
  );
}

function figure(value: number | null): string {
  return value === null ? "unknown" : formatNumber(value);
}
