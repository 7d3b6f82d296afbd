import "./overview.css";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { keys } from "../../api/keys.ts";
import { useApi } from "../../app-context.ts";
import { PageHead } from "../../ui/PageHead.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { CategoryCard } from "./CategoryCard.tsx";
import { Composer } from "./Composer.tsx";
import { Counters } from "./Counters.tsx";
import { LiveFeed } from "./LiveFeed.tsx";
import { TrendCard } from "./TrendCard.tsx";

const RANGES = [
  { value: 60, text: "1 hour" },
  { value: 360, text: "6 hours" },
  { value: 1440, text: "24 hours" },
] as const;

/** Messages arrive, get classified, become tasks: all at one glance. */
export function Component() {
  const [minutes, setMinutes] = useState<number>(60);
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: keys.stats(minutes),
    queryFn: () => api.stats(minutes),
    placeholderData: (previous) => previous,
    refetchInterval: 30_000,
  });
  return (
    <>
      <PageHead title="Overview" text="What comes in, and what it turns into.">
        <Segments legend="Time range" options={RANGES} value={minutes} onChange={setMinutes} />
      </PageHead>
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!error && !data && <Skeleton lines={1} height={96} />}
      {data && <Counters stats={data} />}
      <div className="overview-grid">
        <div className="overview-feed">
          <Composer />
          <LiveFeed />
        </div>
        <div className="overview-side">
          {data && <TrendCard trend={data.trend} />}
          {data && <CategoryCard tasks={data.tasks_by_category} />}
        </div>
      </div>
    </>
  );
}
