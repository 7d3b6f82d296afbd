"""Columns hold exactly what was seen, and do not mislead about the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.cli.render.timeline import UNNAMED, timeline
from hitless.domain.evidence import Evidence, Second, merged
from hitless.domain.traffic import TrafficKind
from tests.unit.render.conftest import NEW, OLD, START

if TYPE_CHECKING:
    from tests.unit.render.conftest import Deployed

NAMES = {OLD: "v1.2.0", NEW: "v1.3.0"}


def slow(at: int, *, failed: int = 0) -> Second:
    answers = {NEW: 2 - failed}
    return Second(START + at, TrafficKind.SLOW, sent=2, failed=failed, by_release=answers)


def test_no_answer_is_lost_when_seconds_share_a_column(evidence: Deployed) -> None:
    for most in (1, 3, 7, 600):
        time = timeline(evidence(broken=3), names=NAMES, most=most)
        assert len(time.columns) <= most
        assert sum(column.sent for column in time.columns) == 200
        assert sum(column.failed for column in time.columns) == 3
        assert sum(column.by_label.get("v1.3.0", 0) for column in time.columns) == 97


def test_slow_answers_awaited_at_the_end_are_no_outage(evidence: Deployed) -> None:
    waited = evidence().plus(merged([slow(21), slow(22)], []))
    time = timeline(waited, names=NAMES)
    assert len(time.columns) == 20
    assert (time.columns[-1].sent, time.columns[-1].by_label["v1.3.0"]) == (14, 14)


def test_a_failure_at_the_end_stays_where_it_happened(evidence: Deployed) -> None:
    waited = evidence().plus(merged([slow(21), slow(22, failed=1)], []))
    time = timeline(waited, names=NAMES)
    assert len(time.columns) == 23
    assert time.columns[-1].failed == 1


def test_slow_requests_alone_are_a_chart_too() -> None:
    assert len(timeline(merged([slow(0), slow(1)], []), names=NAMES).columns) == 2
    assert timeline(Evidence(), names=NAMES).columns == ()


def test_answers_that_name_no_release_are_shown_as_such(evidence: Deployed) -> None:
    anonymous = Second(START, TrafficKind.KEPT, sent=5)
    time = timeline(evidence().plus(merged([anonymous], [])), names=NAMES)
    assert time.columns[0].by_label == {"v1.2.0": 10, UNNAMED: 5}
    assert time.labels == ("v1.2.0", UNNAMED, "v1.3.0")


def test_two_releases_of_one_name_share_a_label(evidence: Deployed) -> None:
    assert timeline(evidence(), names={OLD: "v1", NEW: "v1"}).labels == ("v1",)


def test_a_moment_outside_the_chart_has_the_nearest_column(evidence: Deployed) -> None:
    time = timeline(evidence(), names=NAMES)
    assert [time.column_of(START + at) for at in (-5, 0.9, 10, 99)] == [0, 0, 10, 19]
