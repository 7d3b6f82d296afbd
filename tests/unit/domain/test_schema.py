"""What migrations since its time mean for an earlier release."""

from __future__ import annotations

import pytest

from hitless.domain.schema import Move, Verdict, contracts, verdict

ADDED, NOTHING = Move("d2", "r1", "r2"), Move("d3", "r2", "r2")
TOOK, BLIND = Move("d4", "r2", "r3", contract=True), Move("d5", "", "")


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ((), Verdict.SAME),
        ((NOTHING,), Verdict.SAME),
        ((Move("d3", "r2", "r2", contract=True),), Verdict.SAME),
        ((ADDED, NOTHING), Verdict.EXPANDED),
        ((ADDED, TOOK), Verdict.CONTRACTED),
        ((BLIND,), Verdict.UNKNOWN),
        ((ADDED, BLIND), Verdict.UNKNOWN),
        ((Move("d5", "", "", contract=True),), Verdict.CONTRACTED),
    ],
)
def test_the_worst_move_decides(moves: tuple[Move, ...], expected: Verdict) -> None:
    assert verdict(moves)[0] is expected


def test_only_a_declared_and_real_move_takes_away() -> None:
    assert contracts((ADDED, NOTHING, TOOK, BLIND)) == (TOOK,)


def test_a_first_schema_comes_from_nothing() -> None:
    assert "from nothing to r1" in verdict((Move("d1", "", "r1"),))[1]
