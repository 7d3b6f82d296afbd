"""Bounds and dispersion, against values from tables and against their definition."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.domain.chance import dispersion, upper_bound


@pytest.mark.parametrize(
    ("failed", "sent", "bound"),
    [
        (0, 299, 0.00997),  # the rule of three, exactly: 1 - 0.05 ** (1 / 299)
        (0, 1, 0.95),
        (1, 10, 0.39416),  # Clopper and Pearson, one-sided 95 %
        (5, 100, 0.10225),
        (300, 15_000, 0.02198),
    ],
)
def test_the_bound_is_that_of_clopper_and_pearson(failed: int, sent: int, bound: float) -> None:
    assert upper_bound(failed, sent) == pytest.approx(bound, rel=1e-3)


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_bound_makes_what_was_seen_just_unlikely(failed: int, good: int) -> None:
    sent = failed + good
    bound = upper_bound(failed, sent)
    as_few = sum(
        math.comb(sent, i) * bound**i * (1 - bound) ** (sent - i) for i in range(failed + 1)
    )
    assert as_few == pytest.approx(0.05, rel=1e-4)
    assert failed / sent < bound <= 1


def test_without_a_success_nothing_is_excluded() -> None:
    assert upper_bound(0, 0) == 1.0
    assert upper_bound(7, 7) == 1.0


def test_counts_may_be_fractions() -> None:
    assert upper_bound(1, 100) < upper_bound(1.5, 100) < upper_bound(2, 100)


def test_equal_buckets_have_no_dispersion() -> None:
    assert dispersion([(1, 100)] * 50) == 1.0


def test_errors_in_few_buckets_do() -> None:
    assert dispersion([(0, 100)] * 45 + [(20, 100)] * 5) > 10


@pytest.mark.parametrize("buckets", [[], [(5, 10)], [(0, 10), (0, 10)], [(9, 9), (9, 9)], [(0, 0)]])
def test_where_nothing_can_be_said_errors_count_as_they_are(buckets: list[tuple[int, int]]) -> None:
    assert dispersion(buckets) == 1.0
