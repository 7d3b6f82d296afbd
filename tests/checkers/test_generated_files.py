"""Other people's checkers on what is generated: actionlint, promtool, amtool.

``make test`` gets them by ``python -m tools.checkers``, and lists this part as not run where it
cannot.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from testing.generated import CASES, ROOT, made, written
from tools.checkers import find

if TYPE_CHECKING:
    from pathlib import Path

URL_FILE = (0, 26)  # amtool knows a webhook's address in a file since then
WATCHED = [case for case in CASES if any("prometheus.yml" in path for path in made(case))]


def tool(name: str) -> str:
    found = find(name)
    assert found is not None, f"{name} is not here: python -m tools.checkers"
    return found


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def monitoring(case: str, root: Path) -> Path:
    written(made(case), root)
    return next(root.rglob("prometheus.yml")).parent


@pytest.mark.parametrize("case", CASES)
def test_actionlint_finds_nothing(case: str, tmp_path: Path) -> None:
    written(made(case), tmp_path)
    files = sorted(str(path) for path in tmp_path.glob(".github/workflows/*.yml"))
    assert files
    run(tool("actionlint"), "-shellcheck=", "-pyflakes=", *files, cwd=tmp_path)


def test_actionlint_finds_nothing_in_what_this_repository_runs_itself() -> None:
    files = sorted(str(path) for path in ROOT.glob(".github/workflows/*.yml"))
    assert files
    run(tool("actionlint"), "-shellcheck=", "-pyflakes=", *files, cwd=ROOT)


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    step = "{run: 'echo ${{ nope.x }}'}"
    bad = f"on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{step}]\n"
    written({".github/workflows/bad.yml": bad}, tmp_path)
    command = (tool("actionlint"), str(tmp_path / ".github/workflows/bad.yml"))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("case", WATCHED)
def test_prometheus_takes_its_configuration_and_the_rules(case: str, tmp_path: Path) -> None:
    said = run(
        tool("promtool"), "check", "config", "prometheus.yml", cwd=monitoring(case, tmp_path)
    )
    assert re.search(r"SUCCESS: \d+ rules found", said)


@pytest.mark.parametrize("case", WATCHED)
def test_the_alerts_fire_when_they_should_and_not_before(case: str, tmp_path: Path) -> None:
    run(tool("promtool"), "test", "rules", "alerts_test.yml", cwd=monitoring(case, tmp_path))


@pytest.mark.parametrize("case", WATCHED)
def test_alertmanager_takes_its_configuration(case: str, tmp_path: Path) -> None:
    program, folder = tool("amtool"), monitoring(case, tmp_path)
    told = subprocess.run((program, "--version"), capture_output=True, text=True, check=False)
    version = re.search(r"version (\d+)\.(\d+)", told.stdout + told.stderr)
    assert version is not None
    if (int(version[1]), int(version[2])) < URL_FILE:
        # The image is newer than Debian 12's amtool; the rest of the file is still looked at.
        file = folder / "alertmanager.yml"
        file.write_text(re.sub(r"url_file: \S+", "url: http://127.0.0.1:1/", file.read_text()))
    run(program, "check-config", "alertmanager.yml", cwd=folder)
