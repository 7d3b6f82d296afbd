import { useQuery } from "@tanstack/react-query";

import { keys } from "../../api/keys.ts";
import type { Version } from "../../api/types.ts";
import { useApi } from "../../app-context.ts";
import { Card } from "../../ui/Card.tsx";
import { formatMoment } from "../../ui/format.ts";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { Facts } from "./Facts.tsx";
import { REFRESH_MS } from "./refresh.ts";

/** The release that answers right now. */
export function ReleaseCard() {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: keys.version,
    queryFn: () => api.version(),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Card title="Release" aside={data?.slot && <Slot slot={data.slot} />}>
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!error && !data && <Skeleton lines={5} height={24} />}
      {data && <Release version={data} />}
    </Card>
  );
}

function Release({ version: { version, release, commit, built_at, schema } }: { version: Version }) {
  return (
    <>
      <p className="big-version" data-fact="version">
        {version}
      </p>
      <Facts
        rows={[
          { id: "release", name: "Release", value: <code>{release ?? "not deployed"}</code> },
          { id: "commit", name: "Commit", value: <code>{commit?.slice(0, 12) ?? "unknown"}</code> },
          { id: "built", name: "Built", value: built_at ? formatMoment(built_at) : "unknown" },
          { id: "schema", name: "Newest schema", value: <code>{schema ?? "unknown"}</code> },
        ]}
      />
    </>
  );
}

function Slot({ slot }: { slot: string }) {
  return (
    <span className={`slot slot-${slot}`} data-fact="slot">
      {slot}
    </span>
  );
}
