"""What the evidence says of a release: bad, good enough, or not enough to tell."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hitless.domain.chance import CONFIDENCE, dispersion, upper_bound
from hitless.domain.evidence import bucket, bucket_ms, percentile
from hitless.domain.sequential import against_rate, combined, condemned, overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hitless.domain.ledger import Count
    from hitless.domain.sequential import Shared

BASELINE_SECONDS = 600.0
BUCKET_SECONDS = 5
UNSEEN = 0.05  # no higher rate is believed of a release that was not seen to fail at all
FLOOR = 0.005  # fewer errors before are no promise of fewer errors later
SLOW_SHARE = 0.05  # above the p95, by its definition
VOTES = 4  # of each second on slowness, however many answers it saw
MOST_SLOW = 0.5  # of one second's votes: a machine that stalls once shall not decide
FEWEST_TIMED = 100  # answers before the cutover, for a p95 worth the name
WARM_UP = 2  # seconds in which caches and pools fill: errors count, times do not
HIGHEST = 0.99  # of a rate, so that there is a worse one
SCHEDULING_MS = 10.0  # a busy machine takes that long to run a process that is ready
DIGITS = 2


class Answer(StrEnum):
    """The three answers."""

    BAD = "bad"
    GOOD_ENOUGH = "good enough"
    NOT_ENOUGH = "not enough evidence"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the old release did to some clients, worked out once.

    Attributes:
        rate: The highest error rate that it may have had, as far as it was seen.
        clumps: How much more its errors clumped than coins do, 1 or more.
        slow: The bucket above which an answer is slow; None when too few were timed.
        slow_rate: The highest share of slow answers that it may have had.
    """

    rate: float = FLOOR
    clumps: float = 1.0
    slow: int | None = None
    slow_rate: float = SLOW_SHARE

    @classmethod
    def of(cls, before: Sequence[Count], slowdown: float) -> Baseline:
        """From its seconds before the cutover, none at all included.

        Args:
            before: At most :data:`BASELINE_SECONDS`.
            slowdown: How many times its p95 an answer may take.
        """
        if not before:
            return cls()
        clumps = _dispersion(before)
        failed, sent = _totals(before)
        slow = _slow_line(before, slowdown)
        votes = [] if slow is None else _votes(before, slow)
        rate = _at_most(failed / clumps, sent / clumps, FLOOR)
        return cls(
            rate=rate if failed else min(rate, UNSEEN),
            clumps=clumps,
            slow=slow,
            slow_rate=_at_most(*_cast(votes), SLOW_SHARE),
        )


@dataclass(frozen=True, slots=True)
class Clients:
    """The same clients at both releases.

    Attributes:
        who: ``requests of users``, or ``probes``.
        before: At the old release.
        after: At the new one, second by second since the cutover.
    """

    who: str
    before: Baseline
    after: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Charge:
    """One suspicion and how much speaks for it.

    Attributes:
        e: Its e-value, see :mod:`hitless.domain.sequential`.
        text: What was seen, in a few words.
        slow_ms: For a suspicion of slowness: what is slow; else None.
    """

    e: float
    text: str
    slow_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and its reasons.

    Attributes:
        e: All evidence against the release; 100 condemns it.
        evidence: For people: what was seen and which error rate it excludes.
        reason: Why the release is bad; empty when it is not.
        slow_ms: What is slow, when slowness is the reason.
    """

    answer: Answer
    e: float
    evidence: str
    reason: str = ""
    slow_ms: float | None = None


def judge(clients: Sequence[Clients], shared: Sequence[Shared], error_rate: float) -> Verdict:
    """The verdict at any moment; looking often makes no more false alarms.

    Args:
        clients: Users and probes.
        shared: The times in which both slots took traffic.
        error_rate: Good enough means that a higher one is excluded.
    """
    charges = [c for one in clients for c in (_errors(one), _slowness(one)) if c]
    if shared:
        charges.append(Charge(overlap(shared), "it failed more than the other slot meanwhile"))
    e = combined([charge.e for charge in charges])
    line, bound = _proof(clients)
    if condemned(e):
        worst = max(charges, key=lambda charge: charge.e)
        return Verdict(Answer.BAD, e, line, worst.text, worst.slow_ms)
    enough = bound <= error_rate
    return Verdict(Answer.GOOD_ENOUGH if enough else Answer.NOT_ENOUGH, e, line)


def _errors(clients: Clients) -> Charge | None:
    failed, sent = _totals(clients.after)
    if not sent:
        return None
    rate, clumps = clients.before.rate, clients.before.clumps
    text = f"{failed:,} of {sent:,} {clients.who} failed, at most {_percent(rate)} did before"
    return Charge(against_rate(failed / clumps, sent / clumps, rate), text)


def _slowness(clients: Clients) -> Charge | None:
    """Slow answers come in clumps, so a second has few votes, and at most half say slow.

    A likelihood ratio to a power below 1 is smaller on average than itself (Jensen), and
    with fewer slow votes it is smaller, too: so this stays an e-value.
    """
    line = clients.before.slow
    warm = clients.after and [c for c in clients.after if c.at >= clients.after[0].at + WARM_UP]
    votes = _votes(warm, line) if line is not None and warm else []
    if line is None or not votes:
        return None
    slow, cast = _cast(votes)
    ms = bucket_ms(line)
    rate = clients.before.slow_rate
    text = f"too many {clients.who} took over {ms:,.0f} ms, at most {_percent(rate)} did before"
    return Charge(against_rate(slow, cast, rate), text, ms)


def _slow_line(before: Sequence[Count], slowdown: float) -> int | None:
    """The bucket above which an answer is slow; None when too few were timed."""
    timed: Counter[int] = Counter()
    for count in before:
        timed.update(count.latencies)
    p95 = percentile(timed, 1 - SLOW_SHARE)
    if p95 is None or timed.total() < FEWEST_TIMED:
        return None
    return bucket(max(p95 * slowdown, p95 + SCHEDULING_MS))


def _votes(counts: Iterable[Count], line: int) -> list[tuple[float, int]]:
    """Of each second with answers: the share of votes for slow, and how many votes it has."""
    return [_vote(count.latencies, line) for count in counts if count.latencies]


def _vote(latencies: Mapping[int, int], line: int) -> tuple[float, int]:
    answers = sum(latencies.values())
    slow = sum(n for number, n in latencies.items() if number > line)
    return min(MOST_SLOW, slow / answers), min(VOTES, answers)


def _cast(votes: Iterable[tuple[float, int]]) -> tuple[float, int]:
    """Votes for slow, and all votes."""
    slow, cast = 0.0, 0
    for share, number in votes:
        slow, cast = slow + share * number, cast + number
    return slow, cast


def _at_most(failed: float, sent: float, floor: float) -> float:
    """The upper bound of a rate, but no less than ``floor``, nor without any evidence."""
    return min(HIGHEST, max(floor, upper_bound(failed, sent))) if sent else floor


def _dispersion(before: Iterable[Count]) -> float:
    buckets: dict[int, tuple[int, int]] = {}
    for count in before:
        failed, sent = buckets.get(count.at // BUCKET_SECONDS, (0, 0))
        buckets[count.at // BUCKET_SECONDS] = (failed + count.failed, sent + count.sent)
    return dispersion(buckets.values())


def _totals(counts: Iterable[Count]) -> tuple[int, int]:
    failed = sent = 0
    for count in counts:
        failed, sent = failed + count.failed, sent + count.sent
    return failed, sent


def _proof(clients: Sequence[Clients]) -> tuple[str, float]:
    """The line of evidence and the error rate that it excludes."""
    failed, sent = _totals(count for one in clients for count in one.after)
    if not sent:
        return "no requests yet", 1.0
    bound = upper_bound(failed, sent)
    errors = "1 error" if failed == 1 else f"{failed:,} errors"
    line = f"{errors} in {sent:,} requests: error rate below {_percent(bound)} ({CONFIDENCE:.0%})"
    return line.replace("95%", "95 %"), bound


def _percent(share: float) -> str:
    """Rounded up to two digits: what is told must not promise more than was seen."""
    step = 10.0 ** (math.floor(math.log10(share * 100)) - DIGITS + 1)
    return f"{math.ceil(share * 100 / step - 1e-9) * step:.3g} %"
