"""What a prober saw, in a form that adds up exactly.

Latencies travel as counts in fixed logarithmic buckets, each 10 % wider than the one
before: counts of two probers, or of two parts of a second, simply add, where
percentiles could not. A percentile read from the buckets is off by at most 4.9 %.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from hitless.domain.traffic import QUICK, TrafficKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Key = TypeVar("Key")

SMALLEST_MS = 0.1
GROWTH = 1.1
LARGEST_BUCKET = 160  # 420 s, far above any time-out
MARKS_PER_SECOND = 100
KEPT_FAILURES = 50


def bucket(ms: float) -> int:
    """The number of the histogram bucket for a latency in milliseconds."""
    if ms <= SMALLEST_MS:
        return 0
    return min(LARGEST_BUCKET, math.ceil(math.log(ms / SMALLEST_MS, GROWTH)))


def bucket_ms(number: int) -> float:
    """The latency a bucket stands for: the geometric middle of its two edges."""
    return SMALLEST_MS * math.pow(GROWTH, number - 0.5)


def percentile(latencies: Mapping[int, int], share: float) -> float | None:
    """The latency in milliseconds that ``share`` of the requests did not exceed.

    None when nothing was counted.
    """
    total, seen = sum(latencies.values()), 0
    if not total:
        return None
    wanted = math.ceil(total * share)
    for number in sorted(latencies):
        seen += latencies[number]
        if seen >= wanted:
            break
    return bucket_ms(number)


@dataclass(frozen=True, slots=True)
class Second:
    """What became known of one kind of traffic within one second.

    A request belongs to the second in which its outcome was known. Two Seconds of the
    same time and kind add up to one.

    Attributes:
        at: The second, counted from the epoch.
        sent: Requests with an outcome; a write and its read-back are one.
        failed: Those without the answer they deserved.
        reconnected: Times a client legitimately connected again: a connection that the
            server closed while idle, or a WebSocket closed with a code of goodbye.
        late: Arrivals that the prober itself began more than 0.1 s late or left out;
            more than a few mean that the machine is too busy to be judged.
        messages: WebSocket messages received.
        repeated: WebSocket messages received twice by one client.
        streak: The longest run of consecutive failures that reached into this second.
        latencies: Histogram of successful requests, see :func:`bucket`.
        by_slot: Successful answers by the edge's header X-Slot.
        by_release: Successful answers by the application's header X-Release; by the slot
            where the application does not tell.
        answered: Bit i is set when a success came in the i-th hundredth of the second.
    """

    at: int
    kind: TrafficKind
    sent: int = 0
    failed: int = 0
    reconnected: int = 0
    late: int = 0
    messages: int = 0
    repeated: int = 0
    streak: int = 0
    latencies: Mapping[int, int] = field(default_factory=dict)
    by_slot: Mapping[str, int] = field(default_factory=dict)
    by_release: Mapping[str, int] = field(default_factory=dict)
    answered: int = 0

    @property
    def p50_ms(self) -> float | None:
        """Median latency; None without a success."""
        return percentile(self.latencies, 0.50)

    @property
    def p99_ms(self) -> float | None:
        """99th percentile of the latency; None without a success."""
        return percentile(self.latencies, 0.99)

    def plus(self, other: Second) -> Second:
        """The sum of two parts of the same second and kind."""
        return Second(
            at=self.at,
            kind=self.kind,
            sent=self.sent + other.sent,
            failed=self.failed + other.failed,
            reconnected=self.reconnected + other.reconnected,
            late=self.late + other.late,
            messages=self.messages + other.messages,
            repeated=self.repeated + other.repeated,
            streak=max(self.streak, other.streak),
            latencies=_added(self.latencies, other.latencies),
            by_slot=_added(self.by_slot, other.by_slot),
            by_release=_added(self.by_release, other.by_release),
            answered=self.answered | other.answered,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; members that are zero or empty are left out."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["kind"] = self.kind.value
        values["latencies"] = {str(k): n for k, n in self.latencies.items()}
        values["answered"] = f"{self.answered:x}" if self.answered else ""
        return {name: value for name, value in values.items() if value or name == "at"}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Second:
        """A Second from :meth:`to_json`."""
        values = dict(document)
        values["kind"] = TrafficKind(values["kind"])
        values["latencies"] = {int(k): n for k, n in values.get("latencies", {}).items()}
        values["answered"] = int(values.get("answered", "0"), 16)
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Failure:
    """One request that did not get the answer it deserved.

    Attributes:
        at: Seconds since the epoch.
        reason: What went wrong, in a few words.
        status: The HTTP status; 0 when no answer came.
        slot: Who answered, as the edge says; empty when unknown.
        release: Who answered, as the application says; empty when unknown.
        ms: Milliseconds from the intended start.
    """

    at: float
    kind: TrafficKind
    path: str
    reason: str
    status: int = 0
    slot: str = ""
    release: str = ""
    ms: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__} | {"kind": self.kind.value}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Failure:
        """A Failure from :meth:`to_json`."""
        return cls(**{**document, "kind": TrafficKind(document["kind"])})


@dataclass(frozen=True, slots=True)
class Moment:
    """One second over all kinds: one column of a chart.

    Attributes:
        by_slot: Successful answers by slot.
        by_release: Successful answers by release; those that name none are left out.
        p99_ms: Of the quick kinds; None without a success.
        sending: Quick kinds were still sent; after the end only slow answers come in.
    """

    at: int
    sent: int
    failed: int
    by_slot: Mapping[str, int]
    by_release: Mapping[str, int]
    p50_ms: float | None
    p99_ms: float | None
    sending: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was seen, over any number of seconds, kinds and probers.

    Attributes:
        seconds: At most one for each time and kind, in order.
        failures: The first ones with their details; ``failed`` counts all of them.
    """

    seconds: tuple[Second, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def sent(self) -> int:
        """Requests with an outcome."""
        return sum(s.sent for s in self.seconds)

    @property
    def failed(self) -> int:
        """Requests without the answer they deserved."""
        return sum(s.failed for s in self.seconds)

    @property
    def reconnected(self) -> int:
        """Times a client legitimately connected again."""
        return sum(s.reconnected for s in self.seconds)

    @property
    def late(self) -> int:
        """Arrivals that the prober could not begin in time."""
        return sum(s.late for s in self.seconds)

    @property
    def messages(self) -> int:
        """WebSocket messages received."""
        return sum(s.messages for s in self.seconds)

    @property
    def repeated(self) -> int:
        """WebSocket messages that one client received twice."""
        return sum(s.repeated for s in self.seconds)

    @property
    def by_slot(self) -> dict[str, int]:
        """Successful answers by slot."""
        return _summed(s.by_slot for s in self.seconds)

    @property
    def by_release(self) -> dict[str, int]:
        """Successful answers by release."""
        return _summed(s.by_release for s in self.seconds)

    @property
    def p50_ms(self) -> float | None:
        """Median latency of the quick kinds; None without a success."""
        return self.latency_ms(0.50)

    @property
    def p99_ms(self) -> float | None:
        """99th percentile of the latency of the quick kinds; None without a success."""
        return self.latency_ms(0.99)

    @property
    def first_second(self) -> int | None:
        """When the first outcome was known, in seconds since the epoch."""
        return self.seconds[0].at if self.seconds else None

    @property
    def last_second(self) -> int | None:
        """When the last outcome was known, in seconds since the epoch."""
        return self.seconds[-1].at if self.seconds else None

    @property
    def worst_streak(self) -> int:
        """The longest run of consecutive failures of one kind."""
        return max((s.streak for s in self.seconds), default=0)

    @property
    def longest_gap_ms(self) -> float:
        """The longest time between two successes of the quick kinds, exact to 20 ms.

        Time without a success at either end counts in whole seconds only, as a prober
        begins and stops somewhere inside one.
        """
        quick = self.of(*QUICK)
        if quick.first_second is None or quick.last_second is None:
            return 0.0
        first = (quick.first_second + 1) * MARKS_PER_SECOND
        last = quick.last_second * MARKS_PER_SECOND
        marks = list(_marks(quick.seconds)) or [last]
        gaps = [marks[0] - first, last - marks[-1], *(b - a for a, b in pairwise(marks))]
        return max(0, max(gaps) - 1) * 1000.0 / MARKS_PER_SECOND

    def of(self, *kinds: TrafficKind) -> Evidence:
        """What was seen of these kinds only."""
        return Evidence(
            tuple(s for s in self.seconds if s.kind in kinds),
            tuple(f for f in self.failures if f.kind in kinds),
        )

    def between(self, start: float, end: float) -> Evidence:
        """What was seen in the seconds from ``start`` to ``end``, both included."""
        return Evidence(
            tuple(s for s in self.seconds if int(start) <= s.at <= int(end)),
            tuple(f for f in self.failures if int(start) <= int(f.at) <= int(end)),
        )

    def series(self) -> tuple[Moment, ...]:
        """Second by second over all kinds, quiet seconds included."""
        if self.first_second is None or self.last_second is None:
            return ()
        rows = {at: tuple(group) for at, group in groupby(self.seconds, lambda s: s.at)}
        return tuple(
            _moment(at, rows.get(at, ())) for at in range(self.first_second, self.last_second + 1)
        )

    def latency_ms(self, share: float, kinds: tuple[TrafficKind, ...] = QUICK) -> float | None:
        """The latency that ``share`` of the successes did not exceed; None without one."""
        return percentile(_summed(s.latencies for s in self.seconds if s.kind in kinds), share)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; :meth:`from_json` brings the same Evidence back."""
        return {
            "seconds": [s.to_json() for s in self.seconds],
            "failures": [f.to_json() for f in self.failures],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Evidence:
        """An Evidence from :meth:`to_json`."""
        return merged(
            (Second.from_json(s) for s in document["seconds"]),
            (Failure.from_json(f) for f in document["failures"]),
        )

    def plus(self, other: Evidence) -> Evidence:
        """What two probers saw, or one prober in two runs."""
        return merged(
            (*self.seconds, *other.seconds), sorted((*self.failures, *other.failures), key=_at)
        )


def merged(seconds: Iterable[Second], failures: Iterable[Failure]) -> Evidence:
    """Evidence from parts in any order; parts of the same second and kind are added."""
    sums: dict[tuple[int, TrafficKind], Second] = {}
    for part in seconds:
        key = (part.at, part.kind)
        sums[key] = sums[key].plus(part) if key in sums else part
    return Evidence(tuple(sums[key] for key in sorted(sums)), tuple(failures)[:KEPT_FAILURES])


def _at(failure: Failure) -> float:
    return failure.at


def _moment(at: int, seconds: tuple[Second, ...]) -> Moment:
    quick = _summed(s.latencies for s in seconds if s.kind in QUICK)
    return Moment(
        at=at,
        sent=sum(s.sent for s in seconds),
        failed=sum(s.failed for s in seconds),
        by_slot=_summed(s.by_slot for s in seconds),
        by_release=_summed(s.by_release for s in seconds),
        p50_ms=percentile(quick, 0.50),
        p99_ms=percentile(quick, 0.99),
        sending=any(s.kind in QUICK for s in seconds),
    )


def _marks(seconds: tuple[Second, ...]) -> Iterator[int]:
    """The hundredths of a second, counted from the epoch, in which a success came."""
    for at, group in groupby(seconds, lambda s: s.at):
        answered = 0
        for second in group:
            answered |= second.answered
        for i in range(MARKS_PER_SECOND):
            if answered >> i & 1:
                yield at * MARKS_PER_SECOND + i


def _added(one: Mapping[Key, int], other: Mapping[Key, int]) -> dict[Key, int]:
    return _summed((one, other))


def _summed(parts: Iterable[Mapping[Key, int]]) -> dict[Key, int]:
    total: Counter[Key] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)
