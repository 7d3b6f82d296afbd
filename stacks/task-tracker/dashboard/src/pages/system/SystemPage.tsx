import "./system.css";

import { PageHead } from "../../ui/PageHead.tsx";
import { ConnectionCard } from "./ConnectionCard.tsx";
import { QueueCard } from "./QueueCard.tsx";
import { ReadyCard } from "./ReadyCard.tsx";
import { ReleaseCard } from "./ReleaseCard.tsx";

/** What runs, whether it is well, and whether this tab hears of everything. */
export function Component() {
  return (
    <>
      <PageHead title="System" text="What is running, and how it is doing." />
      <div className="system-grid">
        <ReleaseCard />
        <ReadyCard />
        <QueueCard />
        <ConnectionCard />
      </div>
    </>
  );
}
