"""The script by which a check that nobody has made green may only get better."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from hitless.fix.generate.render import render

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def script(tmp_path: Path) -> Path:
    made = tmp_path / ".github/baseline.sh"
    made.parent.mkdir()
    made.write_text(render("baseline.sh"))
    return made


def run(script: Path, check: str) -> tuple[int, str]:
    summary = script.with_name("summary")
    done = subprocess.run(
        ("bash", str(script), "lint", "sh", "-c", check),
        env={"PATH": "/usr/bin:/bin", "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, summary.read_text() if summary.exists() else ""


THREE = "printf 'a\\nb\\n\\nc\\n'; exit 1"


def test_what_was_never_measured_is_measured_and_stops_nobody(script: Path) -> None:
    status, said = run(script, THREE)
    assert status == 0
    assert "lint: 3 lines. Keep it from growing: echo 3 > .github/baseline/lint" in said


@pytest.mark.parametrize(("limit", "status"), [("2", 1), ("3", 0), ("4", 0)])
def test_more_than_was_accepted_fails(script: Path, limit: str, status: int) -> None:
    (script.parent / "baseline").mkdir()
    (script.parent / "baseline/lint").write_text(f"{limit}\n")
    assert run(script, THREE)[0] == status


def test_a_clean_check_says_that_it_needs_no_baseline_any_more(script: Path) -> None:
    status, said = run(script, "true")
    assert status == 0
    assert "lint: clean" in said


def test_a_tool_that_is_missing_is_no_baseline(script: Path) -> None:
    status, said = run(script, "no-such-tool-here")
    assert status == 127
    assert "could not be run" in said
