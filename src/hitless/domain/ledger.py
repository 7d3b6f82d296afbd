"""Users' requests of both slots, counted by who answered and not by who was chosen.

With the other slot as a backup the two differ: a request that the flags gave to a sick
slot was answered by the well one, and is still a failure of the sick one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hitless.domain.evidence import bucket
from hitless.domain.sequential import Shared
from hitless.domain.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hitless.domain.access import Access, Attempt
    from hitless.domain.evidence import Evidence
    from hitless.domain.slot import Addresses
    from hitless.domain.traffic import TrafficKind


@dataclass(frozen=True, slots=True)
class Count:
    """One second of one slot.

    Attributes:
        at: The second, from the epoch.
        latencies: Histogram of the answers, see :func:`hitless.domain.evidence.bucket`.
    """

    at: int
    sent: int = 0
    failed: int = 0
    latencies: Mapping[int, int] = field(default_factory=dict)


class Ledger:
    """Adds lines of the access log up; its size grows with time, not with traffic.

    Args:
        new: The slot of the release that is on trial.
        releases: Slot → id of the release in it.
        addresses: Who has which address.
        probes: Count also what we asked ourselves.

    Attributes:
        worst_streak: Most requests in a row that the new slot failed.
        refused: How often a server of the new slot accepted no connection.
    """

    def __init__(
        self,
        new: Slot,
        releases: Mapping[Slot, str],
        addresses: Addresses,
        *,
        probes: bool = False,
    ) -> None:
        self._new = new
        self._probes = probes
        self._slots = {release: slot for slot, release in releases.items()}
        self._addresses = addresses
        self._seconds: dict[tuple[Slot, int], _Second] = {}
        self._since = 0.0
        self._streak = 0
        self.worst_streak = 0
        self.refused = 0

    def restart(self, at: float) -> None:
        """Judge the new slot only by what ends after ``at``."""
        self._since = at
        self._streak = self.worst_streak = self.refused = 0

    def add(self, lines: Iterable[Access]) -> None:
        """Count what users got; probes are also counted by who sent them."""
        for line in lines:
            if self._probes or not line.probe:
                self._count(line)

    def of(self, slot: Slot, start: float = 0.0, end: float = float("inf")) -> tuple[Count, ...]:
        """A slot's seconds from ``start`` to before ``end``, in order."""
        found = (key for key in self._seconds if key[0] is slot and int(start) <= key[1] < end)
        return tuple(self._seconds[key].counted(key[1]) for key in sorted(found))

    def shared(self, start: float) -> tuple[Shared, ...]:
        """The seconds from ``start`` in which both slots took traffic."""
        old = {count.at: count for count in self.of(self._new.other, start)}
        return tuple(
            Shared(count.sent, count.failed, old[count.at].sent, old[count.at].failed)
            for count in self.of(self._new, start)
            if count.at in old
        )

    def _count(self, line: Access) -> None:
        for slot, last in self._last_words(line).items():
            self._seconds.setdefault((slot, int(line.at)), _Second()).add(last)
            if slot is self._new and line.at >= self._since:
                self._judge(line, last)

    def _last_words(self, line: Access) -> dict[Slot, Attempt]:
        """Each slot's last attempt: nginx repeats one on a connection that had idled out."""
        words = {}
        for attempt in line.attempts:
            slot = self._addresses.slot_of(attempt.address) or _chosen(line)
            if slot:
                words[slot] = attempt
        told = self._slots.get(line.release)
        if told and line.attempts:  # the application knows better than its address
            words = {slot: a for slot, a in words.items() if a is not line.attempts[-1]}
            words[told] = line.attempts[-1]
        return words

    def _judge(self, line: Access, last: Attempt) -> None:
        self._streak = self._streak + 1 if last.failed else 0
        self.worst_streak = max(self.worst_streak, self._streak)
        for attempt in line.attempts:
            mine = self._addresses.slot_of(attempt.address) is self._new
            self.refused += mine and attempt.failed and not attempt.connected


def _chosen(line: Access) -> Slot | None:
    """When all servers of an upstream are down, nginx asks none and tells its name."""
    return Slot(line.slot) if line.slot in tuple(Slot) else None


@dataclass(slots=True)
class _Second:
    sent: int = 0
    failed: int = 0
    latencies: Counter[int] = field(default_factory=Counter)

    def add(self, attempt: Attempt) -> None:
        self.sent += 1
        self.failed += attempt.failed
        if attempt.timed and attempt.ms is not None:
            self.latencies[bucket(attempt.ms)] += 1

    def counted(self, at: int) -> Count:
        return Count(at, self.sent, self.failed, self.latencies)


def without(counts: Iterable[Count], earlier: Iterable[Count]) -> tuple[Count, ...]:
    """What was added to ``earlier`` since; seconds without anything new are left out."""
    known = {count.at: count for count in earlier}
    added = (_minus(count, known.get(count.at, Count(count.at))) for count in counts)
    return tuple(count for count in added if count.sent)


def begun_before(start: float, known: Iterable[Count], evidence: Evidence) -> tuple[Count, ...]:
    """What belongs to the time before ``start``.

    Args:
        start: Seconds since the epoch.
        known: What was seen by then.
        evidence: What is seen now: failures that began before are told up to a tenth of a
            second late, and later still by clients that waited.
    """
    counts = {count.at: count for count in known}
    begun = (one for one in evidence.failures if one.at - one.ms / 1000 < start)
    for at, failed in Counter(int(one.at) for one in begun).items():
        count = counts.get(at, Count(at))
        late = max(0, failed - count.failed)
        counts[at] = replace(count, sent=count.sent + late, failed=count.failed + late)
    return tuple(counts.values())


def _minus(count: Count, other: Count) -> Count:
    latencies = Counter(count.latencies)
    latencies.subtract(other.latencies)
    return Count(count.at, count.sent - other.sent, count.failed - other.failed, +latencies)


def probed(evidence: Evidence, quick: tuple[TrafficKind, ...]) -> tuple[Count, ...]:
    """The same of a prober's evidence; ``quick`` are the kinds whose time tells something."""
    counts: dict[int, _Second] = {}
    for second in evidence.seconds:
        one = counts.setdefault(second.at, _Second())
        one.sent += second.sent
        one.failed += second.failed
        if second.kind in quick:
            one.latencies.update(second.latencies)
    return tuple(counts[at].counted(at) for at in sorted(counts))
