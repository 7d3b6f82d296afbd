"""``make demo``: the Task Tracker goes from v1.2.0 to v1.3.0, back, and forward again.

All of it happens on real containers and under load; what is printed at the end was
counted and measured in this run.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from jobs import NumberedJobs
from summary import Summary
from workspace import Workspace

from hitless.adapters.prober.process import ProbeProcess
from hitless.deploy.traffic import traffic
from hitless.domain.errors import HitlessError

OLD, NEW = "v1.2.0", "v1.3.0"
SAMPLES = 40
SETTLE = 4.0  # between two acts, so that the chart shows each of them


def main() -> int:
    """Run the demonstration; 0 only when nothing was lost."""
    try:
        return demonstrate(_parsed())
    except HitlessError as error:
        lines = (f"the demonstration ended early: {error.message}", *error.details)
        print("\n    ".join(lines), file=sys.stderr)
        return 1


def demonstrate(wish: argparse.Namespace) -> int:
    """Play, print the proof and write the page; then leave nothing behind."""
    workspace = Workspace(wish.directory, wish.port)
    try:
        summary = play(workspace, wish.rate)
        wish.report.write_text(summary.page())
        print(summary.text())
        print(f"\nThe same as a page: {wish.report}")
        return 0 if summary.nothing_lost else 1
    finally:
        if wish.keep:
            _tell_how_to_go_on(workspace)
        else:
            print("\nRemoving what the demonstration made …")
            workspace.remove()


def play(workspace: Workspace, rate: float) -> Summary:
    """The acts, in their order."""
    act(f"1. {OLD} goes into service")
    workspace.materialise((OLD, NEW))
    workspace.release(OLD)
    workspace.feed(SAMPLES)
    jobs = NumberedJobs(workspace.port)
    settings = workspace.settings()
    with ProbeProcess() as prober, jobs:
        prober.start(traffic(settings.probe, workspace.port, rate=rate))
        time.sleep(SETTLE)
        act(f"2. {NEW} is released while {rate:g} requests a second arrive")
        workspace.release(NEW)
        time.sleep(SETTLE)
        act(f"3. Back to {OLD}")
        workspace.roll_back()
        time.sleep(SETTLE)
        act(f"4. Forward to {NEW} again")
        workspace.release(NEW)
        time.sleep(SETTLE)
        jobs.stop()
        evidence = prober.stop()
    return Summary(workspace.records(), evidence, jobs.outcome(), workspace.rollback_seconds)


def act(title: str) -> None:
    """Announce an act."""
    print(f"\n── {title} " + "─" * max(3, 72 - len(title)), flush=True)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo DEMO_ARGS=…", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the stack up afterwards")
    parser.add_argument("--rate", type=float, default=60.0, help="requests a second (60)")
    parser.add_argument("--port", type=int, default=0, help="for the users (8080, or a free one)")
    parser.add_argument("--report", type=Path, default=Path("demo-report.html"))
    parser.add_argument("--directory", type=Path, default=Path(".cache/demo"))
    return parser.parse_args()


def _tell_how_to_go_on(workspace: Workspace) -> None:
    print(f"\nThe dashboard: {workspace.url}")
    print(f"Go on with:    cd {workspace.app} && {workspace.program} status")
    print(f"Remove it:     {workspace.program} -f {workspace.app}/hitless.yaml down --volumes -y")


if __name__ == "__main__":
    sys.exit(main())
