"""Collects outcomes of all threads and hands them on as additive parts of seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

from hitless.domain.evidence import KEPT_FAILURES, MARKS_PER_SECOND, Failure, Second, bucket

if TYPE_CHECKING:
    from hitless.domain.traffic import TrafficKind


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one request ended.

    Attributes:
        reason: Why it failed; empty means success.
        reconnected: A stale connection was replaced on the way.
    """

    reason: str = ""
    status: int = 0
    slot: str = ""
    release: str = ""
    reconnected: int = 0


class Recorder:
    """Counts; safe to use from many threads.

    The wall clock is read once and then carried on by the monotonic one, so that a
    clock that is set during a deploy neither loses nor doubles a second.
    """

    def __init__(self, kinds: tuple[TrafficKind, ...]) -> None:
        self._kinds = kinds
        self._lock = Lock()
        self._epoch = time.time() - time.monotonic()
        self._parts: dict[tuple[int, TrafficKind], Second] = {}
        self._failures: list[Failure] = []
        self._detailed = 0
        self._streaks: dict[TrafficKind, int] = {}
        self._last_second = 0
        self.sent = 0
        self.failed = 0

    def ended(self, kind: TrafficKind, path: str, outcome: Outcome, began: float) -> None:
        """A request ended now; ``began`` is its intended start on the monotonic clock."""
        with self._lock:
            now = time.monotonic()
            ms = (now - began) * 1000
            self.sent += 1
            if outcome.reason:
                self._fail(kind, path, outcome, now, ms)
            else:
                self._succeed(kind, outcome, now, ms)

    def late(self, kind: TrafficKind) -> None:
        """An arrival could not begin in time for want of processor time here."""
        self._count(Second(0, kind, late=1))

    def reconnected(self, kind: TrafficKind) -> None:
        """A client connected again after a legitimate close."""
        self._count(Second(0, kind, reconnected=1))

    def message(self, kind: TrafficKind, *, repeated: bool) -> None:
        """A WebSocket message came."""
        self._count(Second(0, kind, messages=1, repeated=int(repeated)))

    def take(self, *, sending: bool) -> tuple[list[Second], list[Failure]]:
        """All since the last call.

        While ``sending``, that is at least one part for each passed second and kind.
        """
        with self._lock:
            if sending:
                self._fill(self._second(time.monotonic()))
            parts, failures = list(self._parts.values()), self._failures
            self._parts, self._failures = {}, []
        return parts, failures

    def _fill(self, now: int) -> None:
        """A second without any outcome must be seen as such, not be missing."""
        for at in range((self._last_second or now - 1) + 1, now + 1):
            for kind in self._kinds:
                self._add(Second(at, kind, streak=self._streaks.get(kind, 0)))
        self._last_second = now

    def _succeed(self, kind: TrafficKind, outcome: Outcome, now: float, ms: float) -> None:
        at = self._epoch + now
        who = outcome.release or outcome.slot  # a static site does not know its release
        self._streaks[kind] = 0
        self._add(
            Second(
                at=int(at),
                kind=kind,
                sent=1,
                reconnected=outcome.reconnected,
                latencies={bucket(ms): 1},
                by_slot={outcome.slot: 1} if outcome.slot else {},
                by_release={who: 1} if who else {},
                answered=1 << int(at % 1 * MARKS_PER_SECOND),
            )
        )

    def _fail(self, kind: TrafficKind, path: str, outcome: Outcome, now: float, ms: float) -> None:
        self.failed += 1
        self._streaks[kind] = streak = self._streaks.get(kind, 0) + 1
        at, seen = self._epoch + now, outcome
        self._add(
            Second(int(at), kind, sent=1, failed=1, reconnected=seen.reconnected, streak=streak)
        )
        if self._detailed < KEPT_FAILURES:
            self._detailed += 1
            self._failures.append(
                Failure(at, kind, path, seen.reason, seen.status, seen.slot, seen.release, ms)
            )

    def _count(self, part: Second) -> None:
        with self._lock:
            self._add(replace(part, at=self._second(time.monotonic())))

    def _add(self, part: Second) -> None:
        key = (part.at, part.kind)
        known = self._parts.get(key)
        self._parts[key] = known.plus(part) if known else part

    def _second(self, now: float) -> int:
        return int(self._epoch + now)
