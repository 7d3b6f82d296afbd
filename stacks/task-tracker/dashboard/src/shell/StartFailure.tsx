import { Icon } from "../ui/icons.tsx";

/** The application cannot start without its configuration. */
export function StartFailure({ error }: { error: unknown }) {
  return (
    <main className="state state-page" role="alert">
      <span className="state-icon">
        <Icon name="alert" size={22} />
      </span>
      <h1 className="state-title">Task Tracker could not start</h1>
      <p className="state-text">{error instanceof Error ? error.message : String(error)}</p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        <Icon name="refresh" size={16} /> Try again
      </button>
    </main>
  );
}
