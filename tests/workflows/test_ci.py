"""What a generated ci.yml runs, run: each job in a container as bare as GitHub's machine.

Of service containers only Postgres runs, and where a test asks it.
Not run here is the job of the reference stack's dashboard: ``make dashboard`` runs its four
scripts, in the image that is released.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import pytest

from hitless.documents.workflow import parse
from hitless.fix.generate import ci
from testing.generated import CASES, given, repository, workflows, written
from testing.github import in_container
from testing.job_services import database

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.documents.workflow import Job

pytestmark = pytest.mark.docker
ELSEWHERE = "javascript-dashboard"
ASKS_POSTGRES = {"django-celery"}
SLOW = ("go", "python-api")  # begun first, lest one of them is waited for alone


class Work(NamedTuple):
    """A job, and the repository with what was made for it."""

    case: str
    job: Job
    tree: Path


@pytest.mark.timeout(900)  # packages are fetched; a busy machine takes minutes
def test_every_command_of_the_generated_checks_was_run_and_none_is_red(tmp_path: Path) -> None:
    work = [one for case in CASES for one in jobs(case, tmp_path / case)]
    assert {one.case for one in work} == set(CASES)
    work.sort(key=lambda one: one.job.name not in SLOW)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(run, work))
    for one, ran in zip(work, done, strict=True):
        told = f"{one.case} {one.job.name}:\n{ran.stdout[-3000:]}{ran.stderr[-3000:]}"
        assert ran.returncode == 0, told
    said = "".join(ran.stdout for ran in done)
    for check in ("python-api-ruff", "python-api-mypy", "javascript-lint", "go-vet"):
        assert f"{check}: clean" in said
    assert "could not be run" not in said


def jobs(case: str, folder: Path) -> list[Work]:
    texts = given(case)
    tree = written(texts | ci.files(repository(texts)), folder)
    made = parse(workflows(case)[".github/workflows/ci.yml"], "ci.yml").jobs
    return [Work(case, job, tree) for job in made if job.name != ELSEWHERE]


def run(work: Work) -> subprocess.CompletedProcess[str]:
    if work.job.name == "compose":
        return here(work)
    if work.case not in ASKS_POSTGRES:
        return in_container(work.job, work.tree, "ci")
    with database(work.job, "ci") as (_, env):
        return in_container(work.job, work.tree, "ci", env)


def here(work: Work) -> subprocess.CompletedProcess[str]:
    """The job that only asks Compose, with the client of this machine."""
    script = "\n".join(step.run for step in work.job.steps if step.run)
    told = [step.node.get("env") for step in work.job.steps]
    env = {n: v.text for node in told if node is not None for n, v in node.fields.items()}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(("cp", "-r", f"{work.tree}/.", folder), check=True)
        return subprocess.run(
            ("bash", "-e", "-c", script),
            cwd=folder,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=False,
        )
