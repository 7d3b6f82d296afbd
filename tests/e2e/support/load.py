"""Traffic for as long as a block lasts, and what became of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hitless.adapters.prober.process import ProbeProcess
from hitless.deploy.traffic import traffic
from hitless.domain.traffic import Request, Traffic, TrafficKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.evidence import Evidence
    from tests.e2e.support.project import Project

RATE = 50.0
READS = (
    Request(TrafficKind.NEW, "/version"),
    Request(TrafficKind.KEPT, "/version"),
)


class Load:
    """The clients of a block; ``evidence`` is there when it has ended."""

    evidence: Evidence

    def assert_nothing_lost(self) -> None:
        """Every single request got the answer it deserved."""
        seen = self.evidence
        assert seen.sent, "nothing was sent"
        lost = [f"{f.kind.value} {f.path}: {f.reason} ({f.slot})" for f in seen.failures]
        assert seen.failed == 0, f"{seen.failed} of {seen.sent} failed: {lost}"


@contextmanager
def users(project: Project, rate: float = RATE) -> Iterator[Load]:
    """Clients of every kind that hitless.yaml tells of, while the block lasts."""
    with _load(traffic(project.settings.probe, project.port, rate)) as load:
        yield load


@contextmanager
def readers(project: Project, rate: float = RATE) -> Iterator[Load]:
    """Clients that only get, by new and by kept connections."""
    with _load(Traffic(port=project.port, rps=rate, requests=READS)) as load:
        yield load


@contextmanager
def many_clients(project: Project, rate: float = 2 * RATE) -> Iterator[Load]:
    """The same; each request is a client of its own, so a share of them is one of clients."""
    wanted = Traffic(port=project.port, rps=rate, requests=READS, label="many")
    with _load(wanted) as load:
        yield load


@contextmanager
def _load(wanted: Traffic) -> Iterator[Load]:
    load = Load()
    with ProbeProcess() as prober:
        prober.start(wanted)
        yield load
        load.evidence = prober.stop()
