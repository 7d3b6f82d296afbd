"""What a generated ci.yml runs, run: each job in a container as bare as GitHub's machine.

Service containers are left out, since the tests of these stacks need none. Not run here is the
job of the reference stack's dashboard: ``make dashboard`` runs its four scripts, in the image that
is released.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from hitless.documents.workflow import parse
from hitless.fix.generate import ci
from testing.generated import ROOT, folder, repository, workflows, written
from testing.github import in_container

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.documents.workflow import Job

pytestmark = pytest.mark.docker
ELSEWHERE = "javascript-dashboard"
STACKS = {"task-tracker": "stacks/task-tracker", "legacy-stack": "fixtures/legacy-stack"}


def parsed(case: str) -> list[Job]:
    return parse(workflows(case)[".github/workflows/ci.yml"], "ci.yml").jobs


def run(case: str, job: Job, given: Path) -> subprocess.CompletedProcess[str]:
    return here(job, given) if job.name == "compose" else in_container(job, given, case)


def here(job: Job, given: Path) -> subprocess.CompletedProcess[str]:
    """The job that only asks Compose, with the client of this machine."""
    step = next(one for one in job.steps if one.run)
    told = step.node.get("env")
    env = {name: node.text for name, node in told.fields.items()} if told is not None else {}
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(("cp", "-r", f"{given}/.", work), check=True)
        return subprocess.run(
            ("bash", "-e", "-c", step.run),
            cwd=work,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=False,
        )


def trees(root: Path) -> dict[str, Path]:
    """Each stack with the files that were made for it."""
    found = {}
    for case, path in STACKS.items():
        texts = folder(ROOT / path)
        found[case] = written(texts | ci.files(repository(texts)), root / case)
    return found


@pytest.mark.timeout(900)  # packages are fetched; a busy machine takes minutes
def test_every_command_of_the_generated_checks_was_run_and_none_is_red(tmp_path: Path) -> None:
    given = trees(tmp_path)
    work = [(case, job) for case in STACKS for job in parsed(case) if job.name != ELSEWHERE]
    assert len(work) == 5

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda one: run(one[0], one[1], given[one[0]]), work))
    for (case, job), one in zip(work, done, strict=True):
        assert one.returncode == 0, f"{case} {job.name}:\n{one.stdout[-3000:]}{one.stderr[-3000:]}"
    said = "".join(one.stdout for one in done)
    assert "python-api-ruff: clean" in said
    assert "python-api-mypy: clean" in said
    assert "could not be run" not in said
