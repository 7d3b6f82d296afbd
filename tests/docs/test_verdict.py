"""The figures of the page on the verdict are those of a simulation that can be had again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from testing import trials
from tools import verdict

RESULT: dict[str, Any] = json.loads(verdict.RESULT.read_text())


def test_page_and_plot_show_the_result() -> None:
    page = verdict.PAGE.read_text()
    assert page == verdict.filled(page, RESULT), 'renew it with "python -m tools.verdict"'
    assert verdict.PLOT.read_text() == verdict.plot(RESULT)


@pytest.mark.no_cover  # which makes a simulation ten times slower
def test_a_part_of_the_simulation_gives_the_same_figures_again() -> None:
    (told,) = (
        row
        for row in RESULT["alarms"]
        if (row["base"], row["pattern"], row["rps"]) == (0.0, "independent", 5)
    )
    setting = trials.Healthy(0.0, "independent", 5)
    assert trials.alarms(setting, RESULT["runs"]) == (told["verdict"], told["fixed"])


def test_no_setting_has_more_false_alarms_than_promised() -> None:
    most = max(row["verdict"] for row in RESULT["alarms"])
    assert most <= 0.02 * RESULT["runs"]
    assert {row["base"] for row in RESULT["alarms"]} == {0.0, 0.005, 0.02, 0.05}
    assert {row["rps"] for row in RESULT["alarms"]} == {5, 20, 100}
