"""The verdict on a canary: simulated releases, and what the line of evidence says."""

from __future__ import annotations

import random

import pytest

from hitless.domain.canary import Tally, judge_canary
from hitless.domain.judge import Answer
from hitless.domain.ledger import Count
from hitless.domain.sequential import Shared

STEPS = (5, 25, 50)
RATE = 20
SECONDS = 60  # at each share
RELEASES = 150
LOOK_EVERY = 5


def failed(dice: random.Random, sent: int, rate: float) -> int:
    return sum(dice.random() < rate for _ in range(sent))


def seconds(dice: random.Random, percent: int, old: float, new: float) -> list[Shared]:
    """What both slots did; the canary gets each request with the chance of its share."""
    found = []
    for _ in range(SECONDS):
        mine = sum(dice.random() * 100 < percent for _ in range(RATE))
        found.append(
            Shared(mine, failed(dice, mine, new), RATE - mine, failed(dice, RATE - mine, old))
        )
    return found


def condemned_after(dice: random.Random, old: float, new: float) -> int | None:
    """The second in which a release is condemned; None when it takes every share."""
    seen: list[Shared] = []
    for percent in STEPS:
        for second in seconds(dice, percent, old, new):
            seen.append(second)
            late = len(seen) % LOOK_EVERY == 0
            if late and answer(seen) is Answer.BAD:
                return len(seen)
    return None


def answer(seen: list[Shared]) -> Answer:
    return judge_canary(Tally(), Tally(), seen, enough=True).answer


@pytest.mark.parametrize("rate", [0.0, 0.005, 0.05, 0.3])
def test_a_release_that_is_no_worse_is_hardly_ever_condemned(rate: float) -> None:
    """Also when both slots fail three requests of ten: that is an outage, and shared."""
    dice = random.Random(7)  # noqa: S311  # a simulation, and repeatable
    found = [condemned_after(dice, rate, rate) for _ in range(RELEASES)]
    assert sum(after is not None for after in found) <= 0.02 * RELEASES


@pytest.mark.parametrize(("rate", "within"), [(1.0, 10), (0.5, 15), (0.2, 60)])
def test_a_release_that_is_worse_is_condemned_in_its_first_share(rate: float, within: int) -> None:
    dice = random.Random(7)  # noqa: S311  # a simulation, and repeatable
    found = sorted(condemned_after(dice, 0.005, rate) or 10_000 for _ in range(RELEASES))
    assert found[RELEASES // 2] <= within
    assert found[-1] <= SECONDS * len(STEPS)


def test_the_evidence_names_both_slots_and_enough_is_enough() -> None:
    new, old = Tally(1, 1200), Tally(0, 22800)
    verdict = judge_canary(new, old, [Shared(1200, 1, 22800, 0)], enough=False)
    assert verdict.answer is Answer.NOT_ENOUGH
    assert verdict.evidence == "1 of 1,200 requests failed, 0 of 22,800 in the other slot meanwhile"
    assert judge_canary(new, old, [], enough=True).answer is Answer.GOOD_ENOUGH
    bad = judge_canary(Tally(9, 9), old, [Shared(9, 9, 300, 0)], enough=True)
    assert bad.answer is Answer.BAD
    assert bad.reason == "it fails more than the other slot does"


def test_a_tally_adds_seconds_up() -> None:
    assert Tally.of([Count(1, 5, 1), Count(2, 7, 0)]) == Tally(1, 12)
