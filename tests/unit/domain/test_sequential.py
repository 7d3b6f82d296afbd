"""What makes an e-value one: at most 1 on average, whatever happens."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.domain.sequential import Shared, against_rate, combined, condemned, overlap

SHARES = st.floats(0.01, 0.99)


@given(st.floats(0.001, 0.9), st.integers(0, 50), st.integers(0, 500))
def test_one_more_request_of_a_healthy_release_changes_nothing_on_average(
    rate: float, failed: int, good: int
) -> None:
    sent = failed + good
    now = against_rate(failed, sent, rate)
    then = rate * against_rate(failed + 1, sent + 1, rate)
    then += (1 - rate) * against_rate(failed, sent + 1, rate)
    assert then == pytest.approx(now, rel=1e-6)


@given(SHARES, st.floats(1.0, 20.0))
def test_counts_divided_by_a_dispersion_promise_no_more(rate: float, clumps: float) -> None:
    after_one = rate * against_rate(1 / clumps, 1 / clumps, rate)
    after_one += (1 - rate) * against_rate(0, 1 / clumps, rate)
    assert after_one <= 1 + 1e-9


@pytest.mark.parametrize(("new", "old"), list(product((1, 30, 200), repeat=2)))
def test_a_failed_request_of_either_slot_is_a_fair_coin(new: int, old: int) -> None:
    share = new / (new + old)
    average = share * overlap([Shared(new, 1, old, 0)])
    average += (1 - share) * overlap([Shared(new, 0, old, 1)])
    assert average == pytest.approx(1.0)


def test_what_fails_in_both_slots_is_no_evidence() -> None:
    assert overlap([Shared(100, 50, 100, 50)] * 20) < 1
    assert condemned(overlap([Shared(100, 8, 100, 0)] * 3))


def test_a_time_with_one_slot_alone_is_no_evidence() -> None:
    assert overlap([Shared(100, 100, 0, 0), Shared(0, 0, 100, 100)]) == pytest.approx(1.0)


def test_before_anything_happened_there_is_no_evidence() -> None:
    assert against_rate(0, 0, 0.005) == pytest.approx(1.0)
    assert combined([]) == 1.0


def test_the_mean_decides() -> None:
    assert combined([400.0, 0.0, 0.0, 0.0]) == pytest.approx(100.0)
    assert condemned(combined([400.0, 0.0, 0.0, 0.0]))
    assert not condemned(combined([396.0, 0.0, 0.0, 0.0]))


def test_any_amount_of_evidence_has_a_number() -> None:
    assert condemned(against_rate(1e6, 1e6, 0.005))
    assert against_rate(0, 1e7, 0.005) < 1e-9
