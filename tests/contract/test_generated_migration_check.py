"""What a generated migration-check.yml runs, run: on an empty Postgres, as it says.

Of the reference stack. Django's psycopg wants a library of the system's that GitHub's machine has
and the image that plays its part has not.
"""

from __future__ import annotations

import re
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from hitless.documents.workflow import parse
from testing.generated import ROOT, folder, repository, workflows, written
from testing.github import in_container

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hitless.documents.workflow import Job

pytestmark = pytest.mark.docker
CASE = "task-tracker"
PORT = 5432
PATIENCE = 60.0
PSQL = ("psql", "--username=tracker", "--no-align", "--tuples-only", "--command")


def docker(*words: str) -> str:
    """What the engine's client prints."""
    return subprocess.run(
        ("docker", *words), capture_output=True, text=True, check=True
    ).stdout.strip()


@contextmanager
def database(job: Job) -> Iterator[tuple[str, int]]:
    """The job's service container, and its port here, as 5432 may be taken."""
    service = job.node.fields["services"].fields["postgres"]
    env = (f"--env={name}={node.text}" for name, node in service.fields["env"].fields.items())
    labels = ("--label=hitless.test=migration-check", f"--publish=127.0.0.1::{PORT}")
    name = docker("run", "--detach", "--rm", *labels, *env, service.say("image"))
    try:
        wait_ready(name, service.say("options"))
        yield name, int(docker("port", name, str(PORT)).rpartition(":")[2])
    finally:
        docker("rm", "--force", "--volumes", name)


def wait_ready(name: str, options: str) -> None:
    """As the workflow asks it."""
    asked = re.search(r'--health-cmd "([^"]+)"', options)
    assert asked, options
    deadline = time.monotonic() + PATIENCE
    while subprocess.run(
        ("docker", "exec", name, "sh", "-c", asked[1]), capture_output=True, check=False
    ).returncode:
        assert time.monotonic() < deadline, docker("logs", name)
        time.sleep(0.2)


def told(job: Job, port: int) -> Mapping[str, str]:
    """The job's variables, with the database where it really is."""
    env = job.node.fields["env"].fields
    return {name: node.text.replace(f":{PORT}/", f":{port}/") for name, node in env.items()}


@pytest.mark.timeout(600)  # packages are fetched
def test_the_generated_migration_check_goes_up_one_back_and_up_again(tmp_path: Path) -> None:
    texts = folder(ROOT / "stacks" / CASE)
    given = written(texts, tmp_path / CASE)
    (job,) = parse(workflows(CASE)[".github/workflows/migration-check.yml"], "check.yml").jobs
    with database(job) as (name, port):
        ran = in_container(job, given, "migration-check", told(job, port))
        assert ran.returncode == 0, f"{ran.stdout[-3000:]}{ran.stderr[-3000:]}"
        query = "SELECT version_num FROM alembic_version"
        stands = docker("exec", name, *PSQL, query)
    assert ran.stdout.count(">>> ") == len([step for step in job.steps if step.run]) == 5
    assert stands == max(one.name for one in repository(texts).revisions)
