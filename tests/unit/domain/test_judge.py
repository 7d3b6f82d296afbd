"""Bad, good enough, or not enough evidence."""

from __future__ import annotations

import pytest

from hitless.domain.evidence import bucket
from hitless.domain.judge import Answer, Baseline, Clients, Verdict, judge
from hitless.domain.ledger import Count
from hitless.domain.sequential import Shared


def counts(seconds: int, sent: int, failed: int = 0, ms: float = 20.0) -> tuple[Count, ...]:
    """So many equal seconds."""
    return tuple(Count(at, sent, failed, {bucket(ms): sent - failed}) for at in range(seconds))


def verdict(
    before: tuple[Count, ...], after: tuple[Count, ...], *shared: Shared, error_rate: float = 0.03
) -> Verdict:
    clients = Clients("probes", Baseline.of(before, 1.5), after)
    return judge([clients], shared, error_rate)


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (counts(1, 299), "0 errors in 299 requests: error rate below 1 % (95 %)"),
        (counts(10, 20), "0 errors in 200 requests: error rate below 1.5 % (95 %)"),
        ((Count(0, 1200, 1),), "1 error in 1,200 requests: error rate below 0.4 % (95 %)"),
        ((Count(0, 1, 1),), "1 error in 1 requests: error rate below 100 % (95 %)"),
        ((), "no requests yet"),
    ],
)
def test_the_evidence_is_told(after: tuple[Count, ...], line: str) -> None:
    assert verdict((), after).evidence == line


def test_enough_is_what_excludes_the_error_rate() -> None:
    assert verdict((), counts(1, 98)).answer is Answer.NOT_ENOUGH
    assert verdict((), counts(1, 99)).answer is Answer.GOOD_ENOUGH
    assert verdict((), counts(1, 299), error_rate=0.01).answer is Answer.GOOD_ENOUGH
    assert verdict((), ()).answer is Answer.NOT_ENOUGH


def test_a_release_that_fails_more_is_bad_and_says_how_much() -> None:
    found = verdict(counts(600, 20), counts(10, 20, 1))
    assert found.answer is Answer.BAD
    assert found.reason == "10 of 200 probes failed, at most 0.5 % did before"
    assert found.slow_ms is None


def test_a_short_past_without_errors_excuses_only_few() -> None:
    past = counts(1, 8)
    assert verdict(past, counts(1, 20, 8)).answer is Answer.BAD
    assert verdict(past, counts(10, 20, 1)).answer is not Answer.BAD


def test_as_many_errors_as_ever_are_no_reason() -> None:
    assert verdict(counts(600, 20, 1), counts(120, 20, 1)).answer is not Answer.BAD


def test_errors_that_always_came_in_clumps_may_do_so_again() -> None:
    burst = tuple(Count(at, 20, 15 if at % 60 < 2 else 0) for at in range(600))
    calm = tuple(Count(at, 20, 1 if at % 2 else 0) for at in range(600))
    after = (Count(0, 20, 15), *counts(5, 20))
    assert verdict(calm, after).answer is Answer.BAD
    assert verdict(burst, after).answer is not Answer.BAD


def test_a_release_that_got_slower_is_bad_and_says_what_is_slow() -> None:
    found = verdict(counts(60, 20), counts(10, 20, ms=60))
    assert found.answer is Answer.BAD
    assert "took over" in found.reason
    assert found.slow_ms == pytest.approx(31, rel=0.1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (counts(60, 20), counts(10, 20, ms=25)),  # within the slowdown
        (counts(60, 20, ms=1), counts(10, 20, ms=9)),  # a busy machine
        (counts(60, 20), counts(2, 20, ms=500)),  # caches fill
        (counts(4, 20), counts(10, 20, ms=500)),  # too little seen before
        (counts(60, 20), (*counts(9, 20), Count(9, 200, 0, {bucket(5000): 200}))),  # one stall
    ],
)
def test_what_is_no_slower_stays(before: tuple[Count, ...], after: tuple[Count, ...]) -> None:
    assert verdict(before, after).answer is not Answer.BAD


def test_failing_more_than_the_other_slot_meanwhile_is_enough() -> None:
    old = counts(600, 100, 20)  # so that the past says nothing
    found = verdict(old, counts(5, 100, 20), *[Shared(100, 20, 100, 0)] * 5)
    assert found.answer is Answer.BAD
    assert found.reason == "it failed more than the other slot meanwhile"
