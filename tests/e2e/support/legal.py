"""What must be true of a project whenever no command is at work on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.journal import Outcome

if TYPE_CHECKING:
    from hitless.domain.container import Container
    from tests.e2e.support.project import Project

BROUGHT = (Outcome.LIVE, Outcome.ROLLED_BACK)


def assert_legal(project: Project) -> str:
    """Hold the project against every rule; returns the id of the release that serves."""
    assert project.lock_is_free(), "somebody holds the lock"
    status = project.status()
    assert status["unfinished"] is None, f"{status['unfinished']} has not ended"
    project.done("history", "verify")
    last = project.deploys()[0]
    assert last.outcome is not Outcome.NEEDS_HUMAN, last.reason
    slot = status["active"]
    assert slot, "nothing serves"
    release = str(status["slots"][slot]["release"])
    expected = last.release if last.outcome is Outcome.LIVE else last.previous
    assert release == expected, f"{release} serves, the journal says {expected}"
    answer = project.ask(project.settings.proxy.confirm)
    assert answer.ok, str(answer)
    assert (answer.slot, answer.release) == (slot, release)
    _assert_containers(project, release, slot)
    _assert_backup(project, status["fallback"], slot)
    return release


def assert_nothing_left(project: Project) -> None:
    """A first deploy that failed leaves files and data, nothing that runs."""
    assert project.containers() == {}
    assert project.networks() == set()
    assert project.lock_is_free()
    assert not project.edge.config(), "files of the edge are left"
    assert project.ask().status == 0, "somebody answers"


def _assert_containers(project: Project, release: str, slot: str) -> None:
    found = project.containers().values()
    migrations = [c.name for c in found if c.role == Role.MIGRATION]
    assert not migrations, f"{migrations} are left"
    serving = {c.service_name for c in found if c.role == Role.WEB and c.slot == slot if c.running}
    assert serving == set(project.settings.web)
    strangers = [c.name for c in found if c.role == Role.WEB and c.slot == slot]
    assert len(strangers) == len(serving), f"more than wanted in slot {slot}: {strangers}"
    workers = [c for c in found if c.role == Role.WORKER and c.running]
    assert {c.service_name for c in workers} == set(project.settings.workers)
    assert [c.release for c in workers] == [release] * len(project.settings.workers)
    allowed = {"net", "blue", "green"}
    assert project.networks() <= {f"{project.service}-{name}" for name in allowed}


def _assert_backup(project: Project, fallback: bool, slot: str) -> None:  # noqa: FBT001
    """Only a release that had users' traffic before stays beside the active one."""
    others = _others(project, slot)
    deploys = project.deploys()
    served = {d.release for d in deploys if d.outcome in BROUGHT} | {d.previous for d in deploys}
    unapproved = [c.name for c in others if c.release not in served]
    assert not unapproved, f"{unapproved} never served and are left"
    if fallback:
        assert others, "the backup is approved and absent"
        assert all(c.running for c in others), "the backup does not run"


def _others(project: Project, slot: str) -> list[Container]:
    return [c for c in project.containers().values() if c.role == Role.WEB and c.slot != slot]
