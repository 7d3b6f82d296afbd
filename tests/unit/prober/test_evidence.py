"""Evidence adds up exactly, and its percentiles keep their promised error."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.domain.evidence import (
    KEPT_FAILURES,
    Evidence,
    Failure,
    Second,
    bucket,
    bucket_ms,
    merged,
    percentile,
)
from hitless.domain.traffic import TrafficKind

NEW, KEPT, SLOW = TrafficKind.NEW, TrafficKind.KEPT, TrafficKind.SLOW
counts = st.integers(0, 1000)
tallies = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(1, 100), max_size=3)
seconds = st.builds(
    Second,
    at=st.integers(1000, 1010),
    kind=st.sampled_from(TrafficKind),
    sent=counts,
    failed=counts,
    reconnected=counts,
    late=counts,
    messages=counts,
    repeated=counts,
    streak=counts,
    latencies=st.dictionaries(st.integers(0, 160), st.integers(1, 100), max_size=5),
    by_slot=tallies,
    by_release=tallies,
    answered=st.integers(0, 2**100 - 1),
)
parts = st.lists(seconds, max_size=12)


@given(st.floats(0.1, 400_000))
def test_a_bucket_is_at_most_five_percent_off(ms: float) -> None:
    assert math.isclose(bucket_ms(bucket(ms)), ms, rel_tol=0.05)


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_longer_latency_never_falls_into_a_lower_bucket(one: float, other: float) -> None:
    assert (one <= other) == (bucket(one) <= bucket(other)) or bucket(one) == bucket(other)


def test_a_percentile_is_the_latency_that_so_many_did_not_exceed() -> None:
    latencies = {bucket(10): 98, bucket(100): 1, bucket(1000): 1}
    assert percentile(latencies, 0.50) == pytest.approx(10, rel=0.05)
    assert percentile(latencies, 0.99) == pytest.approx(100, rel=0.05)
    assert percentile(latencies, 1.00) == pytest.approx(1000, rel=0.05)
    assert percentile({}, 0.99) is None
    assert percentile({7: 0}, 0.99) is None


@given(parts, parts)
def test_the_order_and_grouping_of_parts_do_not_matter(
    one: list[Second], other: list[Second]
) -> None:
    together = merged([*one, *other], [])
    assert together == merged(reversed([*one, *other]), [])
    assert together == merged(one, []).plus(merged(other, []))


@given(parts)
def test_totals_do_not_depend_on_how_seconds_were_split(pieces: list[Second]) -> None:
    evidence = merged(pieces, [])
    assert evidence.sent == sum(piece.sent for piece in pieces)
    assert evidence.failed == sum(piece.failed for piece in pieces)
    assert evidence.late == sum(piece.late for piece in pieces)
    assert evidence.repeated == sum(piece.repeated for piece in pieces)
    assert sum(evidence.by_slot.values()) == sum(sum(p.by_slot.values()) for p in pieces)
    assert evidence.worst_streak == max((piece.streak for piece in pieces), default=0)


@given(parts)
def test_evidence_survives_json(pieces: list[Second]) -> None:
    evidence = merged(pieces, [Failure(1.5, NEW, "/", "status 500", 500, "blue", "41f9", 12.0)])
    assert Evidence.from_json(json.loads(json.dumps(evidence.to_json()))) == evidence


def test_only_the_first_failures_are_kept_in_order_of_time() -> None:
    many = [Failure(float(i), NEW, "/", "status 500") for i in range(KEPT_FAILURES)]
    both = merged([], many[::2]).plus(merged([], many[1::2]))
    assert [failure.at for failure in both.failures] == [f.at for f in many]
    assert len(both.plus(both).failures) == KEPT_FAILURES


def test_the_latency_of_the_whole_leaves_out_what_is_slow_by_design() -> None:
    quick = Second(1000, NEW, sent=10, latencies={bucket(10): 10})
    slow = Second(1000, SLOW, sent=10, latencies={bucket(3000): 10})
    evidence = merged([quick, slow], [])
    assert evidence.p99_ms == pytest.approx(10, rel=0.05)
    assert evidence.series()[0].p99_ms == pytest.approx(10, rel=0.05)
    assert slow.p50_ms == pytest.approx(3000, rel=0.05)


def test_the_longest_gap_spans_seconds_and_kinds() -> None:
    new = Second(1000, NEW, sent=1, answered=1 << 90)
    quiet = Second(1001, NEW)
    kept = Second(1002, KEPT, sent=2, answered=1 << 10 | 1 << 99)
    assert merged([new, quiet, kept], []).longest_gap_ms == pytest.approx(1190)


def test_another_kinds_success_closes_a_gap() -> None:
    new = Second(1000, NEW, sent=2, answered=1 << 0 | 1 << 99)
    kept = Second(1000, KEPT, sent=1, answered=1 << 50)
    assert merged([new], []).longest_gap_ms == pytest.approx(980)
    assert merged([new, kept], []).longest_gap_ms == pytest.approx(490)


def test_silence_at_the_beginning_and_at_the_end_is_a_gap() -> None:
    alive = Second(1005, NEW, sent=1, answered=1 << 0)
    before = [Second(at, NEW) for at in range(1000, 1005)]
    after = [Second(at, NEW) for at in range(1006, 1010)]
    assert merged([*before, alive], []).longest_gap_ms == pytest.approx(3990)
    assert merged([alive, *after], []).longest_gap_ms == pytest.approx(3990)


def test_never_an_answer_is_one_long_gap() -> None:
    dead = [Second(at, NEW, sent=5, failed=5) for at in range(1000, 1010)]
    assert merged(dead, []).longest_gap_ms == pytest.approx(7990)
    assert Evidence().longest_gap_ms == 0


def test_the_series_has_a_column_for_every_second_also_a_quiet_one() -> None:
    one = Second(1000, NEW, sent=3, failed=1, by_release={"a": 2})
    two = Second(1000, KEPT, sent=2, by_release={"a": 1, "b": 1})
    last = Second(1002, NEW, sent=1, by_release={"b": 1})
    columns = merged([last, one, two], []).series()
    assert [(c.at, c.sent, c.failed, c.by_release) for c in columns] == [
        (1000, 5, 1, {"a": 3, "b": 1}),
        (1001, 0, 0, {}),
        (1002, 1, 0, {"b": 1}),
    ]
    assert Evidence().series() == ()


def test_a_part_of_the_time_and_of_the_kinds_can_be_looked_at() -> None:
    evidence = merged(
        [Second(1000, NEW, sent=1), Second(1001, KEPT, sent=2), Second(1002, NEW, sent=4)],
        [Failure(1000.5, NEW, "/", "x"), Failure(1001.5, KEPT, "/", "y")],
    )
    assert evidence.of(NEW).sent == 5
    assert [f.reason for f in evidence.of(KEPT).failures] == ["y"]
    assert evidence.between(1001.9, 1002.1).sent == 6
    assert [f.reason for f in evidence.between(1001, 1002).failures] == ["y"]
