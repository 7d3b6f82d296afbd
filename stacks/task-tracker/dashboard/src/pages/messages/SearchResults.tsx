import { useQuery } from "@tanstack/react-query";
import { useLocation } from "react-router";

import { keys } from "../../api/keys.ts";
import type { Label } from "../../api/types.ts";
import { useApi } from "../../app-context.ts";
import { MessageRow } from "../../ui/MessageRow.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../ui/states.tsx";

const RESULTS = 30;

interface SearchResultsProps {
  query: string;
  label: Label | undefined;
  current: string | undefined;
}

/** Messages closest in meaning, best first. */
export function SearchResults({ query, label, current }: SearchResultsProps) {
  const api = useApi();
  const { search } = useLocation();
  const results = useQuery({
    queryKey: keys.search(query, label),
    queryFn: () => api.search(query, label, RESULTS),
    placeholderData: (previous) => previous,
  });
  if (results.isPending) return <Skeleton lines={8} height={72} />;
  if (results.isError) {
    return <ErrorState error={results.error} retry={() => void results.refetch()} />;
  }
  const { items } = results.data;
  if (items.length === 0) {
    return (
      <EmptyState icon="search" title="Nothing similar found">
        Try other words: the search compares meaning, not spelling.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="list-head">
        <p className="soft" role="status">
          {items.length} closest to “{results.data.query}”
        </p>
      </div>
      <ol className="rows card" aria-label="Search results" data-stale={results.isPlaceholderData}>
        {items.map(({ message, score }) => (
          <li key={message.id}>
            <MessageRow
              message={message}
              score={score}
              to={`/messages/${message.id}${search}`}
              current={message.id === current}
            />
          </li>
        ))}
      </ol>
    </>
  );
}
