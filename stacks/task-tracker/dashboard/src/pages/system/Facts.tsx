import type { ReactNode } from "react";

export interface FactRow {
  name: string;
  value: ReactNode;
  /** A name for tests and scripts; written to `data-fact`. */
  id: string;
}

/** Names and values under each other. */
export function Facts({ rows }: { rows: readonly FactRow[] }) {
  return (
    <dl className="facts">
      {rows.map(({ name, value, id }) => (
        <div key={id}>
          <dt>{name}</dt>
          <dd data-fact={id}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
