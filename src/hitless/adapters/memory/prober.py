"""A prober that asks the small world ten times in each second of its clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain import headers
from hitless.domain.errors import ProberDied
from hitless.domain.evidence import Evidence, Failure, Second, bucket, merged
from hitless.domain.traffic import TrafficKind

if TYPE_CHECKING:
    from hitless.adapters.memory.clock import MemoryClock
    from hitless.adapters.memory.http import MemoryHttp
    from hitless.domain.answer import Answer
    from hitless.domain.traffic import Request, Traffic

ASKED = (TrafficKind.NEW, TrafficKind.KEPT)
MS = 2.0


class MemoryProber:
    """Implements :class:`hitless.domain.ports.Prober` for plain GET requests.

    Attributes:
        dead: It ended by itself; whoever asks it learns that.
    """

    def __init__(self, clock: MemoryClock, http: MemoryHttp) -> None:
        self._clock = clock
        self._http = http
        self._traffic: Traffic | None = None
        self._label: dict[str, str] = {}
        self._seconds: list[Second] = []
        self._failures: list[Failure] = []
        self._streak: dict[TrafficKind, int] = {}
        self.dead = False

    def start(self, traffic: Traffic) -> None:
        """Begin to send."""
        self._traffic = traffic
        marks = {headers.PROBE: traffic.label, headers.KEY: traffic.key}
        self._label = {name: value for name, value in marks.items() if value}
        self._clock.on_tick.append(self._tick)
        self._tick()

    def snapshot(self) -> Evidence:
        """What was seen until now."""
        if self.dead:
            raise ProberDied("the prober ended by itself")
        return merged(self._seconds, self._failures)

    def stop(self) -> Evidence:
        """End, and return all that was seen."""
        if self._tick in self._clock.on_tick:
            self._clock.on_tick.remove(self._tick)
        return self.snapshot()

    def _tick(self) -> None:
        assert self._traffic is not None  # noqa: S101  # start set it
        for request in self._traffic.timed:
            if request.kind in ASKED:
                self._ask(self._traffic.port, request)

    def _ask(self, port: int, request: Request) -> None:
        answer = self._http.look(port, request.path, self._label)
        good = answer.ok
        self._streak[request.kind] = 0 if good else self._streak.get(request.kind, 0) + 1
        self._seconds.append(self._second(request, answer))
        if not good:
            at = self._clock.now()
            self._failures.append(
                Failure(at, request.kind, request.path, str(answer), status=answer.status)
            )

    def _second(self, request: Request, answer: Answer) -> Second:
        now = self._clock.now()
        return Second(
            at=int(now),
            kind=request.kind,
            sent=1,
            failed=0 if answer.ok else 1,
            streak=self._streak[request.kind],
            latencies={bucket(MS): 1} if answer.ok else {},
            by_slot={answer.slot: 1} if answer.ok else {},
            by_release={answer.release: 1} if answer.ok and answer.release else {},
            answered=1 << int(now * 100) % 100 if answer.ok else 0,
        )
