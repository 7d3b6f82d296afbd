import { useState } from "react";

import { useStream } from "../app-context.ts";
import type { Hello } from "../api/types.ts";
import { Icon } from "../ui/icons.tsx";

/** Offers a reload when the server's version is another one than when this tab was loaded. */
export function VersionBanner() {
  const { server } = useStream();
  const loaded = useFirst(server);
  const [dismissed, dismiss] = useState<string | null>(null);
  const current = server?.version;
  if (!loaded || !current || current === loaded.version || current === dismissed) return null;
  return (
    <div className="banner" role="status">
      <p>
        <strong>A new version is available.</strong> The server now runs {current}; this tab was
        loaded with {loaded.version}.
      </p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        <Icon name="refresh" size={16} /> Reload
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label="Keep working with this version"
        onClick={() => dismiss(current)}
      >
        <Icon name="cross" size={18} />
      </button>
    </div>
  );
}

/** The first value that was there; it stays while the tab lives. */
function useFirst(server: Hello | null): Hello | null {
  const [first, setFirst] = useState(server);
  if (first === null && server !== null) setFirst(server);
  return first ?? server;
}
