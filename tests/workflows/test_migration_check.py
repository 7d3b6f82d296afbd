"""What a generated migration-check.yml runs, run: on an empty Postgres, as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from hitless.documents.workflow import parse
from testing.generated import given, workflows, written
from testing.github import in_container
from testing.job_services import database, docker

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.docker
STEPS = 5  # install, look at the heads, up, one back, up again
PSQL = ("--no-align", "--tuples-only", "--command")


class Check(NamedTuple):
    """A repository with migrations, and how its database tells that they are applied."""

    case: str
    user: str
    query: str
    stands: str

    def __str__(self) -> str:
        return self.case


CHECKS = (
    Check("task-tracker", "tracker", "SELECT version_num FROM alembic_version", "0001"),
    Check(
        *("django-celery", "tickets"),
        "SELECT name FROM django_migrations WHERE app = 'tickets'",
        "0001_initial",
    ),
)


@pytest.mark.timeout(600)  # packages are fetched
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_the_generated_migration_check_goes_up_one_back_and_up_again(
    check: Check, tmp_path: Path
) -> None:
    tree = written(given(check.case), tmp_path / "tree")
    (job,) = parse(workflows(check.case)[".github/workflows/migration-check.yml"], "check.yml").jobs
    with database(job, "migration-check") as (name, env):
        ran = in_container(job, tree, "migration-check", env)
        assert ran.returncode == 0, f"{ran.stdout[-3000:]}{ran.stderr[-3000:]}"
        stands = docker("exec", name, "psql", f"--username={check.user}", *PSQL, check.query)
    assert ran.stdout.count(">>> ") == len([step for step in job.steps if step.run]) == STEPS
    assert stands == check.stands
