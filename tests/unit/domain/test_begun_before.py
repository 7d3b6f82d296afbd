"""What belongs to the time before a cutover was confirmed is held against nobody."""

from __future__ import annotations

from hitless.domain.evidence import Evidence, Failure, Second
from hitless.domain.ledger import Count, begun_before, probed, without
from hitless.domain.traffic import QUICK, TrafficKind

START = 100.5


def failure(at: float, ms: float) -> Failure:
    return Failure(at, TrafficKind.NEW, "/", "refused", ms=ms)


def left(evidence: Evidence, *known: Count) -> list[tuple[int, int, int]]:
    """Second, requests and failures that remain."""
    counts = without(probed(evidence, QUICK), begun_before(START, known, evidence))
    return [(one.at, one.sent, one.failed) for one in counts]


def second(at: int, sent: int, failed: int) -> Second:
    return Second(at, TrafficKind.NEW, sent=sent, failed=failed)


def test_failures_told_late_belong_to_the_time_in_which_they_began() -> None:
    told = (failure(100.45, 1.0), failure(100.49, 1.0), failure(100.6, 1.0))
    seen = Evidence((second(100, 10, 3),), told)
    assert left(seen) == [(100, 8, 1)]


def test_one_that_was_known_by_then_is_left_out_once() -> None:
    told = (failure(100.4, 1.0), failure(100.49, 1.0))
    seen = Evidence((second(100, 10, 2),), told)
    assert left(seen, Count(100, sent=5, failed=1)) == [(100, 4, 0)]


def test_a_client_that_waited_for_seconds_began_before() -> None:
    seen = Evidence((second(103, 4, 2),), (failure(103.0, 2900.0), failure(103.1, 10.0)))
    assert left(seen) == [(103, 3, 1)]


def test_without_failures_nothing_but_what_was_known_is_left_out() -> None:
    seen = Evidence((second(100, 10, 0), second(101, 20, 0)), ())
    assert left(seen, Count(100, sent=4)) == [(100, 6, 0), (101, 20, 0)]
