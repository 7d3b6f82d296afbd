"""Releases of the Task Tracker that are no good, each in its own way: users never notice.

stacks/task-tracker/releases has them, as changes that somebody might really have made. Two of
them, which never start or are not ready in time, are held by test_bad_releases.py, where that
takes seconds; one that leaks memory takes too long to fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import readers, users
from tests.e2e.support.project import engine
from tests.e2e.support.tracker import BAKE, NEW, checkout, release, serving_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.support.project import Project

pytestmark = pytest.mark.quiet
KEPT, BACK = 20, 21
WATCHED = (f"bake: {BAKE}", "bake: 40s")


@dataclass(frozen=True, slots=True)
class Bad:
    """A release and how its deploy has to end.

    Attributes:
        told: What the error says.
        change: What is different in hitless.yaml, so that the end comes sooner.
    """

    name: str
    code: int
    told: tuple[str, ...]
    change: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        return self.name


HIDDEN = (
    Bad("smoke", KEPT, ("error[E202]", "/api/tasks", "got 500")),
    # The same patience is for its api, which must be ready before its worker is asked.
    Bad("worker", KEPT, ("error[E204]", "never asked the queue"), ("ready: 60s", "ready: 15s")),
    # Under traffic it may get no lock at all, which is told with the same code.
    Bad("migration", KEPT, ("error[E203]",)),
    Bad("ws", KEPT, ("error[E202]", "/ws", "type")),
)
# Where its slot took ten seconds to come so far, the cutover itself meets the errors.
TRAFFIC = Bad("traffic", BACK, ("error[E20",), WATCHED)
# Its smoke checks are never come to.
UNKNOWN = "0000f00dbeef"
STRANGER = Bad("smoke", KEPT, ("error[E203]", f"Can't locate revision identified by '{UNKNOWN}'"))


@pytest.fixture(scope="module")
def serving(tracker: Project) -> Iterator[Project]:
    """The newer release serves; the bad ones are changes of it."""
    if serving_version(tracker) != NEW:
        release(tracker, NEW)
    yield tracker
    checkout(tracker, NEW)


@pytest.mark.parametrize("bad", HIDDEN, ids=str)
def test_a_release_that_its_gates_refuse_costs_nobody_a_request(serving: Project, bad: Bad) -> None:
    before = assert_legal(serving)
    with users(serving, rate=10) as load:
        deployed(serving, bad)
    load.assert_nothing_lost()
    assert assert_legal(serving) == before
    assert serving.history()[0]["outcome"] == "kept-previous"
    assert "priority" in columns_of_tasks(serving), "a migration that failed left something"


def test_a_release_that_only_traffic_condemns_is_taken_back(serving: Project) -> None:
    before = assert_legal(serving)
    with readers(serving):
        deployed(serving, TRAFFIC)
    assert assert_legal(serving) == before
    assert serving.history()[0]["outcome"] == "rolled-back"


def test_a_schema_that_the_release_knows_nothing_of_ends_its_deploy_before_it_starts(
    serving: Project,
) -> None:
    before, known = assert_legal(serving), revision(serving)
    say_it_stands_at(serving, UNKNOWN)
    try:
        with users(serving, rate=10) as load:
            deployed(serving, STRANGER)
        load.assert_nothing_lost()
        assert revision(serving) == {UNKNOWN}
    finally:
        say_it_stands_at(serving, known.pop())
    assert assert_legal(serving) == before
    assert serving.history()[0]["outcome"] == "kept-previous"


def deployed(project: Project, bad: Bad) -> None:
    """Check one out and deploy it; it must end as it has to."""
    version = f"v1.4.0-bad-{bad.name}"
    checkout(project, version)
    if bad.change[0]:
        project.edit("hitless.yaml", *bad.change)
    ran = project.hitless("deploy", version)
    assert ran.code == bad.code, ran
    for text in bad.told:
        assert text in ran.err
    assert "\nhint: " in ran.err


def columns_of_tasks(project: Project) -> set[str]:
    """What the database says of the table."""
    return asked(
        project, "SELECT column_name FROM information_schema.columns WHERE table_name = 'tasks'"
    )


def revision(project: Project) -> set[str]:
    """Where the schema stands."""
    return asked(project, "SELECT version_num FROM alembic_version")


def say_it_stands_at(project: Project, name: str) -> None:
    """As if migrations that are not in the tree any more had been applied."""
    asked(project, f"UPDATE alembic_version SET version_num = '{name}'")  # noqa: S608  # ours


def asked(project: Project, sql: str) -> set[str]:
    """The words with which the database answers."""
    name = next(n for n in project.containers() if "postgres" in n)
    psql = ("psql", "-U", "tracker", "-d", "tracker", "-qAtX", "-c", sql)
    return set(engine().run_in(name, psql).text.split())
