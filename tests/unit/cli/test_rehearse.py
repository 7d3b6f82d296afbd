"""What a rehearsal tells people and programs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from hitless.cli import rehearse, rollback
from hitless.deploy.copied import CopyPlan
from hitless.deploy.forecast import Forecast
from hitless.domain.rehearsal import Rehearsal
from hitless.domain.release import Release
from hitless.domain.schema import Verdict
from testing.service import MODEL, SETTINGS

if TYPE_CHECKING:
    import pytest

PLAN = CopyPlan("shop-rehearsal", "v1", "v2", "/x", "10.1.2.0/24", {80: 20_001}, ("data",))
TIERS = {"hot": (0.02, 0.04, 0.9), "warm": (0.8,)}
FOUND = Rehearsal("v1", "v2", "me@here", 1.0, 9.0, 5.25, 28.6, TIERS, 1771, 0, id="r3")
RELEASE = Release("1" * 8, "v1", "", 1.0, {}, MODEL, SETTINGS)
FORECAST = Forecast(RELEASE, "warm", 0.8, 1, str(FOUND), Verdict.SAME, "no migration changed it")


def test_it_is_told_in_a_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    rehearse._tell(FOUND, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "rehearsal r3 of v1 → v2: 1,771 requests sent, 0 failed",
        "  deploy   5.2 s, cutover confirmed in 29 ms",
        "  hot      0.04 s",
        "  warm     0.80 s",
    ]


def test_a_program_gets_every_time_and_the_medians(capsys: pytest.CaptureFixture[str]) -> None:
    rehearse._tell(replace(FOUND, cutover_ms=None), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["rehearsal"]["tiers"] == {tier: list(times) for tier, times in TIERS.items()}
    assert told["seconds"] == {"hot": 0.04, "warm": 0.8}
    assert (told["event"], told["format"], told["rehearsal"]["id"]) == ("result", 1, "r3")


def test_a_plan_names_everything_that_would_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    rehearse._tell_plan(PLAN, as_json=False)
    told = capsys.readouterr().out
    for part in ("v1 → v2", "10.1.2.0/24", "127.0.0.1:20001 for 80", "data, empty", "/x"):
        assert part in told
    rehearse._tell_plan(PLAN, as_json=True)
    assert json.loads(capsys.readouterr().out)["ports"] == {"80": 20_001}


def test_a_rollback_names_the_rehearsal_that_it_is_told_by(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rollback._tell(FORECAST)
    assert "  time    0.80 s, by rehearsal r3 of v1 → v2" in capsys.readouterr().out
    assert rollback._document(FORECAST)["source"] == "rehearsal r3 of v1 → v2"
