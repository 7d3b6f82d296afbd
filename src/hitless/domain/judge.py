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
    from collections.abc import Iterable, Sequence

    from hitless.domain.ledger import Count
    from hitless.domain.sequential import Shared
    from hitless.domain.settings import Verify

BASELINE_SECONDS = 600.0
BUCKET_SECONDS = 5
FLOOR = 0.005  # fewer errors before are no promise of fewer errors later
SLOW_SHARE = 0.05  # above the p95, by its definition
FEWEST_TIMED = 100  # answers before the cutover, for a p95 worth the name
WARM_UP = 2  # seconds in which caches and pools fill: errors count, times do not
SCHEDULING_MS = 10.0  # a busy machine takes that long to run a process that is ready
DIGITS = 2


class Answer(StrEnum):
    """The three answers."""

    BAD = "bad"
    GOOD_ENOUGH = "good enough"
    NOT_ENOUGH = "not enough evidence"


@dataclass(frozen=True, slots=True)
class Clients:
    """The same clients at both releases.

    Attributes:
        who: ``requests of users``, or ``probes``.
        before: At the old release, second by second.
        after: At the new one, since the cutover.
    """

    who: str
    before: tuple[Count, ...]
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


def judge(clients: Sequence[Clients], shared: Sequence[Shared], limits: Verify) -> Verdict:
    """The verdict at any moment; looking often makes no more false alarms.

    Args:
        clients: Users and probes.
        shared: The times in which both slots took traffic.
        limits: How much proof is wanted, and how slow is slow.
    """
    charges = [c for one in clients for c in (_errors(one), _slowness(one, limits)) if c]
    if shared:
        charges.append(
            Charge(overlap(shared), "it fails more than the other slot at the same time")
        )
    e = combined([charge.e for charge in charges])
    line, bound = _proof(clients)
    if condemned(e):
        worst = max(charges, key=lambda charge: charge.e)
        return Verdict(Answer.BAD, e, line, worst.text, worst.slow_ms)
    enough = bound <= limits.error_rate
    return Verdict(Answer.GOOD_ENOUGH if enough else Answer.NOT_ENOUGH, e, line)


def _errors(clients: Clients) -> Charge | None:
    failed, sent = _totals(clients.after)
    if not sent:
        return None
    clumps = _dispersion(clients.before)
    rate = _rate_before(clients.before, clumps)
    text = f"{failed:,} of {sent:,} {clients.who} failed, at most {_percent(rate)} did before"
    return Charge(against_rate(failed / clumps, sent / clumps, rate), text)


def _rate_before(before: tuple[Count, ...], clumps: float) -> float:
    """The highest error rate that the old release may have had, as far as it was seen."""
    failed, sent = _totals(before)
    if not sent:
        return FLOOR
    return min(0.99, max(FLOOR, upper_bound(failed / clumps, sent / clumps)))


def _slowness(clients: Clients, limits: Verify) -> Charge | None:
    """Slow answers come in clumps, so each second has one vote, however many it answered.

    A likelihood ratio to a power below 1 is smaller on average than itself (Jensen), so
    this stays an e-value.
    """
    line = _slow_line(clients.before, limits.slowdown)
    after = [c for c in clients.after if c.at >= clients.after[0].at + WARM_UP and c.latencies]
    if line is None or not after:
        return None
    votes = [_share_above(c, line) for c in clients.before if c.latencies]
    rate = max(SLOW_SHARE, min(0.99, upper_bound(sum(votes), len(votes))))
    slow = sum(_share_above(c, line) for c in after)
    ms = bucket_ms(line)
    text = f"{slow / len(after):.0%} of the {clients.who} took more than {ms:,.0f} ms"
    return Charge(against_rate(slow, len(after), rate), text, ms)


def _slow_line(before: tuple[Count, ...], slowdown: float) -> int | None:
    """The bucket above which an answer is slow; None when too few were timed."""
    timed: Counter[int] = Counter()
    for count in before:
        timed.update(count.latencies)
    p95 = percentile(timed, 1 - SLOW_SHARE)
    if p95 is None or timed.total() < FEWEST_TIMED:
        return None
    return bucket(max(p95 * slowdown, p95 + SCHEDULING_MS))


def _share_above(count: Count, line: int) -> float:
    total = sum(count.latencies.values())
    return sum(n for number, n in count.latencies.items() if number > line) / total


def _dispersion(before: tuple[Count, ...]) -> float:
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
    return f"{math.ceil(share * 100 / step - 1e-9) * step:.{DIGITS}g} %"
