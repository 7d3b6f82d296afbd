"""What a generated security-scan.yml runs, run, beside a stand-in for what is known.

The scan of a built image is an action and is not run; govulncheck has a test of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

from environment.build_inputs import build_variables, secret_options
from hitless.documents.workflow import parse
from testing.advisories import HOLE, advisories
from testing.generated import given, workflows, written
from testing.github import in_container

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.documents.workflow import Job

pytestmark = pytest.mark.docker
SCAN = "Known vulnerabilities"
SHIM = """#!/bin/sh
# What image builds must be told about this host; GitHub's machine needs nothing of it.
test "$1" = build && shift && exec "$DOCKER" build {options} "$@"
"""


class Scan(NamedTuple):
    """A job, and a package that its repository uses."""

    case: str
    job: str
    package: str

    def __str__(self) -> str:
        return f"{self.case}-{self.job}"


SCANS = (
    Scan("task-tracker", "python-api", "fastapi"),
    Scan("django-celery", "python", "redis"),
    Scan("task-tracker", "javascript-dashboard", "react"),
    Scan("node-only", "javascript", "typescript"),
    Scan("monorepo", "javascript-shop", "tdigest"),
)


def jobs(case: str) -> dict[str, Job]:
    found = parse(workflows(case)[".github/workflows/security-scan.yml"], "scan.yml").jobs
    return {job.name: job for job in found}


@pytest.mark.timeout(600)  # packages are fetched
@pytest.mark.parametrize("scan", SCANS, ids=str)
def test_a_scan_passes_until_something_is_known_of_a_package(scan: Scan, tmp_path: Path) -> None:
    tree = written(given(scan.case), tmp_path / "tree")
    job = jobs(scan.case)[scan.job]
    assert job.steps[-1].node.say("name") == SCAN
    # Twice in one container, as what it needs is fetched there.
    twice = job._replace(steps=[*job.steps, job.steps[-1]])
    last = len(job.steps)
    with advisories() as clean, advisories(scan.package) as bad:
        ran = in_container(twice, tree, "scan", at={last - 1: clean.env, last: bad.env})
    assert scan.package in clean.asked, f"{ran.stdout[-3000:]}{ran.stderr[-3000:]}"
    assert scan.package in bad.asked, "the scan failed before anything was known"
    assert ran.returncode == 1
    before, told = ran.stdout.split(">>> ")[-2:]
    assert HOLE in told
    assert HOLE not in before


def test_a_vulnerability_fails_the_weekly_run_and_stops_no_change() -> None:
    for scan in SCANS:
        (step,) = (s for s in jobs(scan.case)[scan.job].steps if s.node.say("name") == SCAN)
        assert step.node.say("continue-on-error") == "${{ github.event_name != 'schedule' }}"


def test_every_image_that_is_scanned_is_built_as_the_scan_says(tmp_path: Path) -> None:
    tree = written(given("task-tracker"), tmp_path / "tree")
    job = jobs("task-tracker")["image"]
    (build,) = (step for step in job.steps if step.run)
    rows = job.node.nodes("strategy", "matrix", "include")
    for row in rows:
        told = {name: node.text for name, node in build.node.fields["env"].fields.items()}
        env = {
            k: row.say(v.removeprefix("${{ matrix.").removesuffix(" }}")) for k, v in told.items()
        }
        ran = built(build.run, tree, env, tmp_path)
        assert ran.returncode == 0, ran.stderr[-3000:]
        docker = ("docker", "image", "rm", f"scanned/{row.say('name')}:here")
        subprocess.run(docker, check=True, capture_output=True)
    assert [row.say("name") for row in rows] == ["api", "dashboard"]


def built(
    script: str, tree: Path, env: dict[str, str], tmp_path: Path
) -> subprocess.CompletedProcess[str]:
    """As on GitHub, but for what builds on this host need to know."""
    shim = tmp_path / "bin/docker"
    shim.parent.mkdir(exist_ok=True)
    options = " ".join(secret_options(build_variables(os.environ)))
    shim.write_text(SHIM.replace("{options}", options))
    shim.chmod(0o755)
    engine = shutil.which("docker")
    assert engine
    path = f"{shim.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ("bash", "-e", "-c", script),
        cwd=tree,
        env={**os.environ, **env, "DOCKER": engine, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
