import { useQuery } from "@tanstack/react-query";
import { useLocation } from "react-router";

import { keys } from "../../api/keys.ts";
import { useApi } from "../../app-context.ts";
import { MessageRow } from "../../ui/MessageRow.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";

const NEIGHBOURS = 5;

/** The messages closest in meaning to one message. */
export function Similar({ id }: { id: string }) {
  const api = useApi();
  const { search } = useLocation();
  const similar = useQuery({
    queryKey: keys.similar(id),
    queryFn: () => api.similar(id, NEIGHBOURS),
  });
  return (
    <section className="similar" aria-label="Similar messages">
      <h3>Similar messages</h3>
      {similar.isPending && <Skeleton lines={3} />}
      {similar.isError && (
        <ErrorState error={similar.error} retry={() => void similar.refetch()} />
      )}
      {similar.data?.items.length === 0 && <p className="soft">There is none yet.</p>}
      <ol>
        {similar.data?.items.map(({ message, score }) => (
          <li key={message.id}>
            <MessageRow message={message} score={score} to={`/messages/${message.id}${search}`} />
          </li>
        ))}
      </ol>
    </section>
  );
}
