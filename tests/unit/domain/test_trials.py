"""The promises of the verdict, on fewer simulated releases than the benchmark's."""

from __future__ import annotations

import math
from statistics import median

import pytest

from testing import trials

FEW = 12


@pytest.mark.parametrize("pattern", trials.PATTERNS)
@pytest.mark.parametrize(("base", "rps"), [(0.005, 20), (0.05, 5)])
def test_healthy_releases_stay(base: float, pattern: str, rps: int) -> None:
    ours, _ = trials.alarms(trials.Healthy(base, pattern, rps), FEW)
    assert ours <= 1


def test_the_fixed_rule_condemns_many_of_them() -> None:
    ours, fixed = trials.alarms(trials.Healthy(0.02, "independent", 5), FEW)
    assert ours == 0
    assert fixed > FEW / 2


@pytest.mark.parametrize(("share", "within"), [(1.0, 0.5), (0.5, 1.0), (0.2, 3.0), (0.05, 10.0)])
def test_broken_releases_go_within_simulated_seconds(share: float, within: float) -> None:
    random = trials.seeded(f"test {share}")
    found = [trials.Broken(share).found_after(random)[0] for _ in range(FEW)]
    assert median(found) <= within
    assert max(found) < math.inf


def test_a_machine_that_stalls_now_and_then_condemns_nobody() -> None:
    assert trials.slow_alarms(20.0, FEW) == 0


def test_a_release_three_times_as_slow_goes() -> None:
    random = trials.seeded("test slow")
    assert median(trials.slower_after(3.0, random) for _ in range(FEW)) <= 10
