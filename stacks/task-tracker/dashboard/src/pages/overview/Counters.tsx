import { type ReactNode } from "react";
import { Link } from "react-router";

import type { Stats } from "../../api/types.ts";
import { formatNumber, formatPercent } from "../../ui/format.ts";

/** The four numbers that tell how the inbox is doing. */
export function Counters({ stats }: { stats: Stats }) {
  const { messages, pending, processed, signal, tasks_by_status: tasks, topics } = stats;
  const share = processed > 0 ? formatPercent(signal / processed) : "–";
  return (
    <dl className="counters">
      <Counter name="Messages" value={formatNumber(messages)} to="/messages">
        {pending > 0 ? `${formatNumber(pending)} being classified` : "all classified"}
      </Counter>
      <Counter name="Signal" value={share} to="/messages?label=signal">
        {formatNumber(signal)} of {formatNumber(processed)} matter
      </Counter>
      <Counter name="Open tasks" value={formatNumber(tasks.open)} to="/tasks">
        {formatNumber(tasks.in_progress)} in progress, {formatNumber(tasks.done)} done
      </Counter>
      <Counter name="Topics" value={formatNumber(topics)}>
        found by themselves
      </Counter>
    </dl>
  );
}

interface CounterProps {
  name: string;
  value: string;
  to?: string;
  children: ReactNode;
}

function Counter({ name, value, to, children }: CounterProps) {
  return (
    <div className="card counter">
      <dt>{to ? <Link to={to}>{name}</Link> : name}</dt>
      <dd className="counter-value">{value}</dd>
      <dd className="counter-text">{children}</dd>
    </div>
  );
}
