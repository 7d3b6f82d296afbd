"""Simulated releases: healthy ones that must stay, and bad ones that must go.

Seeded, so that a figure in the documentation can be had again anywhere.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

from hitless.domain.evidence import bucket
from hitless.domain.judge import BASELINE_SECONDS, BUCKET_SECONDS, Answer, Baseline, Clients, judge
from hitless.domain.ledger import Count
from hitless.domain.settings import Verify
from hitless.domain.verdict import WORST_STREAK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WATCH = 120  # seconds
LOOKS = 4  # a second
LIMITS = Verify()
BETA = 20.0  # the fewer, the more a rate changes from bucket to bucket
BURST_SHARE, BURST = 0.1, 10.0
FIXED_SHARE, FIXED_SECONDS, FIXED_REQUESTS = 0.05, 10, 20
FAST_MS, SPREAD, STALLED_MS = 20.0, 0.5, 600.0


def seeded(name: str) -> Random:
    """The same numbers for the same name, everywhere."""
    return Random(name)  # noqa: S311  # a simulation, no secret


def coins(_: Random, base: float) -> Iterator[float]:
    """Every request fails by itself."""
    while True:
        yield base


def clumps(random: Random, base: float) -> Iterator[float]:
    """Each five seconds have an error rate of their own, from a beta distribution."""
    while True:
        yield random.betavariate(base * BETA, (1 - base) * BETA) if base else 0.0


def bursts(random: Random, base: float) -> Iterator[float]:
    """All errors come in a tenth of the time."""
    while True:
        yield base * BURST if random.random() < BURST_SHARE else 0.0


PATTERNS: dict[str, Callable[[Random, float], Iterator[float]]] = {
    "independent": coins,
    "clumped": clumps,
    "in bursts": bursts,
}


@dataclass(frozen=True, slots=True)
class Healthy:
    """A release that is as good as the one before.

    Attributes:
        base: The error rate of both.
        pattern: One of :data:`PATTERNS`.
        rps: Requests a second.
    """

    base: float
    pattern: str
    rps: int

    def seconds(self, random: Random, number: int) -> list[Count]:
        """So many seconds of it."""
        rates = PATTERNS[self.pattern](random, self.base)
        found: list[Count] = []
        for rate in islice(rates, math.ceil(number / BUCKET_SECONDS)):
            failed = [failures(random, self.rps, rate) for _ in range(BUCKET_SECONDS)]
            found += [Count(len(found) + i, self.rps, one) for i, one in enumerate(failed)]
        return found[:number]


def alarms(setting: Healthy, runs: int) -> tuple[int, int]:
    """How many of healthy releases are condemned: by the verdict, by the fixed rule."""
    random, ours, fixed = seeded(repr(setting)), 0, 0
    for _ in range(runs):
        before = setting.seconds(random, int(BASELINE_SECONDS))
        after = setting.seconds(random, WATCH)
        ours += condemned_after(Baseline.of(before, LIMITS.slowdown), after) is not None
        fixed += fixed_rule(after) is not None
    return ours, fixed


def condemned_after(before: Baseline, after: list[Count]) -> int | None:
    """The number of seconds after which the verdict was bad."""
    for end in range(1, len(after) + 1):
        clients = Clients("users", before, tuple(after[:end]))
        if judge([clients], (), LIMITS.error_rate).answer is Answer.BAD:
            return end
    return None


def fixed_rule(after: list[Count]) -> int | None:
    """The usual alternative: five per cent in ten seconds, of twenty requests or more."""
    window: deque[Count] = deque(maxlen=FIXED_SECONDS)
    for end, count in enumerate(after, 1):
        window.append(count)
        sent, failed = sum(c.sent for c in window), sum(c.failed for c in window)
        if sent >= FIXED_REQUESTS and failed >= FIXED_SHARE * sent:
            return end
    return None


def slow_alarms(stall_every: float, runs: int, rps: int = 20) -> int:
    """How many healthy releases are condemned because the machine stalls now and then."""
    random, found = seeded(f"stalls {stall_every} {rps}"), 0
    for _ in range(runs):
        before = timed(random, 60, rps, stall_every)
        after = timed(random, WATCH, rps, stall_every)
        found += condemned_after(Baseline.of(before, LIMITS.slowdown), after) is not None
    return found


def slower_after(times: float, random: Random, rps: int = 20) -> float:
    """The seconds until a release that takes so many times as long is condemned."""
    before = Baseline.of(timed(random, 60, rps), LIMITS.slowdown)
    found = condemned_after(before, timed(random, WATCH, rps, times=times))
    return math.inf if found is None else float(found)


def timed(
    random: Random, seconds: int, rps: int, stall_every: float = math.inf, times: float = 1.0
) -> list[Count]:
    """Seconds of answers with log-normal times; a stall makes a whole second slow."""
    found = []
    for at in range(seconds):
        stalls = random.random() < 1 / stall_every
        least = STALLED_MS if stalls else 0.0
        latencies = Counter(
            bucket(least + times * FAST_MS * random.lognormvariate(0, SPREAD)) for _ in range(rps)
        )
        found.append(Count(at, rps, 0, latencies))
    return found


@dataclass(frozen=True, slots=True)
class Broken:
    """A release that fails some requests from its cutover on.

    Attributes:
        share: How many of them.
        base: The error rate of the one before.
    """

    share: float
    rps: int = 20
    base: float = 0.0

    def found_after(self, random: Random) -> tuple[float, float]:
        """Seconds until the verdict is bad, and until the fixed rule fires."""
        healthy = Healthy(self.base, "independent", self.rps)
        before = Baseline.of(healthy.seconds(random, int(BASELINE_SECONDS)), LIMITS.slowdown)
        outcomes = [random.random() < self.share for _ in range(WATCH * self.rps)]
        return self._verdict(before, outcomes), self._fixed(outcomes)

    def _verdict(self, before: Baseline, outcomes: list[bool]) -> float:
        per_look = self.rps // LOOKS
        for end in range(per_look, len(outcomes) + 1, per_look):
            seen = outcomes[:end]
            count = Count(0, len(seen), sum(seen))
            bad = judge([Clients("users", before, (count,))], (), LIMITS.error_rate).answer
            if bad is Answer.BAD or streak(seen) >= WORST_STREAK:
                return end / self.rps
        return math.inf

    def _fixed(self, outcomes: list[bool]) -> float:
        counts = [
            Count(at, self.rps, sum(outcomes[at * self.rps : (at + 1) * self.rps]))
            for at in range(WATCH)
        ]
        found = fixed_rule(counts)
        return math.inf if found is None else float(found)


def streak(failed: list[bool]) -> int:
    """The longest run of failures."""
    longest = here = 0
    for one in failed:
        here = here + 1 if one else 0
        longest = max(longest, here)
    return longest


def failures(random: Random, sent: int, rate: float) -> int:
    """A binomial number, by the gaps between failures."""
    if rate <= 0:
        return 0
    if rate >= 1:
        return sent
    found, at, base = 0, 0, math.log1p(-rate)
    while (at := at + 1 + int(math.log(1 - random.random()) / base)) <= sent:
        found += 1
    return found
