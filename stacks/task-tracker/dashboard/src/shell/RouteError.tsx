import { useRouteError } from "react-router";

import { Icon } from "../ui/icons.tsx";

/** A page that could not be loaded or shown; the menu stays usable. */
export function RouteError() {
  const error = useRouteError();
  return (
    <div className="state state-page" role="alert">
      <span className="state-icon">
        <Icon name="alert" size={22} />
      </span>
      <h1 className="state-title">This page could not be shown</h1>
      <p className="state-text">{error instanceof Error ? error.message : String(error)}</p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        <Icon name="refresh" size={16} /> Reload
      </button>
    </div>
  );
}
