"""What the evidence says of a release that has a share of the traffic.

Both slots serve the same users at the same time, so the old one is the measure: no
history is needed, and an outage that both share speaks against neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitless.domain.judge import Answer, Verdict
from hitless.domain.sequential import condemned, overlap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hitless.domain.ledger import Count
    from hitless.domain.sequential import Shared


@dataclass(frozen=True, slots=True)
class Tally:
    """Requests of one slot, and how many of them failed."""

    failed: int = 0
    sent: int = 0

    @classmethod
    def of(cls, counts: Iterable[Count]) -> Tally:
        """All of some seconds."""
        total = cls()
        for count in counts:
            total += cls(count.failed, count.sent)
        return total

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.failed + other.failed, self.sent + other.sent)

    def __str__(self) -> str:
        return f"{self.failed:,} of {self.sent:,}"


def judge_canary(new: Tally, old: Tally, shared: Iterable[Shared], *, enough: bool) -> Verdict:
    """The verdict at any moment; looking often makes no more false alarms.

    Args:
        new: The canary's requests since its first share.
        old: Those of the other slot in the same time.
        shared: The seconds of both.
        enough: The canary has answered as many requests as its present share demands.
    """
    e = overlap(shared)
    evidence = f"{new} requests failed, {old} in the other slot meanwhile"
    if condemned(e):
        return Verdict(Answer.BAD, e, evidence, "it fails more than the other slot does")
    return Verdict(Answer.GOOD_ENOUGH if enough else Answer.NOT_ENOUGH, e, evidence)
