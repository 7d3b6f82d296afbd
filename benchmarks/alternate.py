"""Ten deploys alternating with ten rollbacks under a mixed load: is anything lost?

The peer is the same load for the same time without any deploy: what it loses, the
machine loses by itself.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from stage import NEW, save, table, two_releases

from hitless.adapters.prober.process import ProbeProcess
from hitless.deploy.traffic import traffic

if TYPE_CHECKING:
    from hitless.domain.evidence import Evidence

RATE = 60.0
ROUNDS = 10
QUIET_SECONDS = 30.0


def main() -> None:
    """Run both and print the table."""
    with two_releases() as workspace:
        spec = traffic(workspace.settings().probe, workspace.port, rate=RATE)
        with ProbeProcess() as prober:
            prober.start(spec)
            time.sleep(QUIET_SECONDS)
            quiet = prober.stop()
        with ProbeProcess() as prober:
            prober.start(spec)
            for _ in range(ROUNDS):
                workspace.roll_back()
                workspace.wait_quiet()
                workspace.release(NEW, force=True)
            busy = prober.stop()
        jobs = workspace.stats()
    rows = [row("no deploy", quiet), row(f"{ROUNDS} deploys, {ROUNDS} rollbacks", busy)]
    table(("", "sent", "failed", "reconnected", "late", "p50 ms", "p99 ms", "longest gap ms"), rows)
    messages, processed, effects = jobs["messages"], jobs["processed"], jobs["topic_message_sum"]
    print(f"\n{messages} messages, {processed} processed, {effects} effects")
    save("alternate", {"quiet": row("quiet", quiet), "busy": row("busy", busy), "jobs": jobs})


def row(name: str, seen: Evidence) -> tuple[object, ...]:
    """One line of the table."""
    p50, p99 = round(seen.p50_ms or 0, 1), round(seen.p99_ms or 0, 1)
    counts = (seen.sent, seen.failed, seen.reconnected, seen.late)
    return (name, *counts, p50, p99, round(seen.longest_gap_ms))


if __name__ == "__main__":
    main()
