"""What a generated ci.yml runs, run: each job in a container as bare as GitHub's machine.

GitHub itself cannot be had here. The actions' part is played by the image (``setup-python`` by
Python's, ``setup-node`` by Node's) and by copying the folder (``checkout``); service containers are
left out, since the tests of these stacks need none. Not run here is the job of the reference
stack's dashboard: ``make dashboard`` runs its four scripts, in the image that is released.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from environment.build_inputs import build_variables
from hitless.documents.workflow import parse
from hitless.fix.generate import ci
from testing.generated import ROOT, folder, repository, workflows, written

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.documents.workflow import Job

pytestmark = pytest.mark.docker
# Compose's images that are here; legacy-stack's own Python is 3.12, which nothing else needs.
IMAGES = {"setup-python": "python:3.13-slim-trixie", "setup-node": "node:22-slim"}
WHERE = {
    "BUILD_CA": "/host/ca.pem",
    "BUILD_PIP_CONF": "/host/pip.conf",
    "BUILD_NPMRC": "/host/npmrc",
}
SETTINGS = {
    "PIP_CERT": "/host/ca.pem",
    "NODE_EXTRA_CA_CERTS": "/host/ca.pem",
    "PIP_CONFIG_FILE": "/host/pip.conf",
    "NPM_CONFIG_USERCONFIG": "/host/npmrc",
    "PIP_ROOT_USER_ACTION": "ignore",
    "GITHUB_WORKSPACE": "/checkout",
    "GITHUB_STEP_SUMMARY": "/tmp/summary",  # noqa: S108  # inside the container
    "CI": "true",
}
# setup-python's interpreter has no packages of the system's beside it.
CLEAN = (
    "if command -v python >/dev/null; then python -m venv /tmp/venv; PATH=/tmp/venv/bin:$PATH; fi"
)
ELSEWHERE = "javascript-dashboard"
STACKS = {"task-tracker": "stacks/task-tracker", "legacy-stack": "fixtures/legacy-stack"}


def parsed(case: str) -> list[Job]:
    return parse(workflows(case)[".github/workflows/ci.yml"], "ci.yml").jobs


def script(job: Job) -> str:
    """Its steps as GitHub's bash runs them: each in its own folder, the first failure ends it."""
    lines = ["set -e", "cp -r /given/. /checkout", CLEAN]
    for step in job.steps:
        if step.run:
            folder_ = f"/checkout/{step.directory}"
            lines.append(f"(cd {folder_}; echo '>>> {job.name}: running'; {step.run.strip()}\n)")
    return "\n".join([*lines, "cat /tmp/summary 2>/dev/null || true"])


def image(job: Job) -> str:
    used = [step.uses.partition("@")[0].rpartition("/")[2] for step in job.steps if step.uses]
    return next(IMAGES[one] for one in used if one in IMAGES)


def in_container(case: str, job: Job, given: Path) -> subprocess.CompletedProcess[str]:
    known = build_variables(os.environ)
    mounts = [f"--volume={known[name]}:{path}:ro" for name, path in WHERE.items() if name in known]
    there = {path for name, path in WHERE.items() if name in known}
    told = {k: v for k, v in SETTINGS.items() if not v.startswith("/host") or v in there}
    return subprocess.run(
        (
            *("docker", "run", "--rm", "--network=host", "--workdir=/checkout"),
            *(f"--label=hitless.test={case}", f"--volume={given}:/given:ro", *mounts),
            *(f"--env={name}={value}" for name, value in told.items()),
            *(image(job), "bash", "-c", script(job)),
        ),
        capture_output=True,
        text=True,
        check=False,
    )


def run(case: str, job: Job, given: Path) -> subprocess.CompletedProcess[str]:
    return here(job, given) if job.name == "compose" else in_container(case, job, given)


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
