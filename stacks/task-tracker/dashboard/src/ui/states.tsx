import type { ReactNode } from "react";

import { ApiError } from "../api/client.ts";
import { Icon, type IconName } from "./icons.tsx";

interface EmptyStateProps {
  icon?: IconName;
  title: string;
  children?: ReactNode;
}

/** Nothing to show, and what to do about it. */
export function EmptyState({ icon = "inbox", title, children }: EmptyStateProps) {
  return (
    <div className="state">
      <span className="state-icon">
        <Icon name={icon} size={22} />
      </span>
      <p className="state-title">{title}</p>
      {children && <div className="state-text">{children}</div>}
    </div>
  );
}

/** A request failed: why, and a way to try again. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div className="state state-error" role="alert">
      <span className="state-icon">
        <Icon name="alert" size={22} />
      </span>
      <p className="state-title">{explain(error)}</p>
      {retry && (
        <button type="button" className="button" onClick={retry}>
          <Icon name="refresh" size={16} /> Try again
        </button>
      )}
    </div>
  );
}

function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something went wrong.";
  if (error.status === 0) return "The server does not answer.";
  if (error.status === 503) return "The database does not answer right now.";
  return `The server refused: ${error.message}.`;
}

/** Grey lines in the shape of what is coming. */
export function Skeleton({ lines, height = 52 }: { lines: number; height?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} style={{ height }} />
      ))}
    </div>
  );
}
