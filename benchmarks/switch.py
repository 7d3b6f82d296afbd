"""One change of release in the middle of steady traffic, measured the same for everybody."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from asking import Asking

from hitless.adapters.prober.process import ProbeProcess
from hitless.deploy.traffic import traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Answered

    from hitless.domain.evidence import Evidence
    from hitless.domain.settings import Probe

RATE = 50.0
BEFORE, AFTER = 3.0, 15.0
PAUSE = 0.02
SHOWN = 5
HEAD = (
    *("", "command s", "switched after s", "sent", "failed", "longest gap ms", "p99 ms"),
    "p99 ms in the second of the switch",
)
Row = tuple[object, ...]


def measured(name: str, probe: Probe, port: int, change: Callable[[], None]) -> Row:
    """One row below ``HEAD``."""
    with ProbeProcess() as prober:
        prober.start(traffic(probe, port, rate=RATE))
        asking = Asking(port, PAUSE)
        asking.start()
        time.sleep(BEFORE)
        began = time.monotonic()
        change()
        took = time.monotonic() - began
        time.sleep(AFTER)
        asking.end()
        seen = prober.stop()
    first, last = mixed(asking.answers, began)
    for one in seen.failures[:SHOWN]:
        print(f"{name}: {one.kind} {one.path}: {one.reason} ({one.slot})", file=sys.stderr)
    gap, p99 = round(seen.longest_gap_ms), round(seen.p99_ms or 0, 1)
    counts = (seen.sent, seen.failed, gap, p99)
    switched = "never" if last is None else round(last - began, 2)
    row = (name, round(took, 2), switched, *counts, slowest(seen, first, last or first))
    print(f"{row}", file=sys.stderr)  # what follows may fail, and this took minutes
    return row


def mixed(answers: list[Answered], began: float) -> tuple[float, float | None]:
    """From when it was not the left release alone, and from when the other one alone answered.

    Monotonic seconds; None when users never got the other release, as behind a proxy that
    keeps the address of a container that is gone.
    """
    told = [one for one in answers if one.release]  # a proxy's own error page names none
    left = [one.release for one in told if one.began < began][-1]
    last_left = max(one.began for one in told if one.release == left)
    others = [one.began for one in told if one.release != left and one.began >= began]
    after = next((moment for moment in others if moment > last_left), None)
    return min((last_left, *others[:1])), after


def slowest(seen: Evidence, first: float, last: float) -> object:
    """The highest p99 of a second in which the switch was under way; a dash without a success."""
    epoch = time.time() - time.monotonic()
    moments = seen.between(first + epoch, last + epoch).series()
    return round(max((one.p99_ms or 0 for one in moments), default=0), 1) or "-"
