"""What a switch costs under full load: the flag file against a reload of the same nginx.

Both run on the edge that Hitless renders and runs, with the same clients. A reload
closes idle keep-alive connections; the flag file closes none.
"""

from __future__ import annotations

import re
import subprocess
import time
from typing import TYPE_CHECKING

from stage import save, table, two_releases
from workspace import SERVICE

from hitless.adapters.edge_files import EdgeDirectory
from hitless.adapters.prober.process import ProbeProcess
from hitless.domain.slot import Slot
from hitless.domain.traffic import Request, Traffic, TrafficKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from workspace import Workspace

CONNECTIONS, RATE = 16, 60.0
SLOW_SWITCHES, FAST_SWITCHES = 50, 1000
PATH = "/api/version"
HEAD = (
    "",
    "switches",
    "load requests",
    "load errors",
    "probed",
    "failed",
    "reconnected",
    "p99 ms",
)


def main() -> None:
    """Run the three series and print the table."""
    with two_releases() as workspace:
        edge = EdgeDirectory(workspace.app / ".hitless" / "edge")
        rows = [
            series(workspace, "no switch", 0, 0.0, lambda _: None),
            series(workspace, "flag file, 1 a second", SLOW_SWITCHES, 1.0, flag(edge)),
            series(workspace, "flag file, 20 a second", FAST_SWITCHES, 0.05, flag(edge)),
            series(workspace, "reload, 1 a second", SLOW_SWITCHES, 1.0, reload_edge),
        ]
    table(HEAD, rows)
    save("flips", {"head": HEAD, "rows": rows})


def flag(edge: EdgeDirectory) -> Callable[[int], None]:
    """The switch as Hitless makes it."""
    slots = tuple(Slot)
    return lambda number: edge.activate(slots[number % 2])


def reload_edge(_number: int) -> None:
    """The switch as everybody else makes it: nginx reads its configuration again."""
    edge = f"{SERVICE}-edge"
    subprocess.run(("docker", "kill", "-s", "HUP", edge), check=True, capture_output=True)


def series(
    workspace: Workspace, name: str, switches: int, pause: float, switch: Callable[[int], None]
) -> tuple[object, ...]:
    """One row: wrk at full load and the prober, while ``switch`` is called."""
    seconds = max(20, round(switches * pause) + 2)
    with ProbeProcess() as prober:
        prober.start(probe(workspace.port))
        load = subprocess.Popen(
            ("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", workspace.url + PATH[1:]),
            stdout=subprocess.PIPE,
            text=True,
        )
        time.sleep(1.0)
        for number in range(switches):
            switch(number)
            time.sleep(pause)
        said, _ = load.communicate(timeout=seconds + 30)
        seen = prober.stop()
    sent, errors = loaded(said)
    p99 = round(seen.p99_ms or 0, 1)
    return (name, switches, sent, errors, seen.sent, seen.failed, seen.reconnected, p99)


def probe(port: int) -> Traffic:
    """New and kept connections, counted one by one."""
    kinds = (TrafficKind.NEW, TrafficKind.KEPT)
    return Traffic(port=port, rps=RATE, requests=tuple(Request(kind, PATH) for kind in kinds))


def loaded(said: str) -> tuple[int, int]:
    """Requests and errors from what wrk prints."""
    requests = re.search(r"(\d+) requests in", said)
    errors = [int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", said)]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return int(requests[1]) if requests else 0, sum(errors) + (int(bad[1]) if bad else 0)


if __name__ == "__main__":
    main()
