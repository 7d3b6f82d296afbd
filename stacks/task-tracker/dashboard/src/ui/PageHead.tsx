import { type ReactNode, useEffect } from "react";

import { useApp } from "../app-context.ts";

interface PageHeadProps {
  title: string;
  text: string;
  children?: ReactNode;
}

/** A page's heading and its controls; also names the browser tab. */
export function PageHead({ title, text, children }: PageHeadProps) {
  const { appName } = useApp().config;
  useEffect(() => {
    document.title = `${title} · ${appName}`;
  }, [title, appName]);
  return (
    <header className="page-head">
      <div>
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
      {children && <div className="page-controls">{children}</div>}
    </header>
  );
}
