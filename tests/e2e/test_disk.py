"""The disk is full or read-only, or nginx looks at another one: nobody's request is lost.

Before the cutover users stay where they are; whatever could not be written down is ended
by ``recover`` as soon as the cause is mended.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from typing import TYPE_CHECKING

import pytest

from testing.disk import mounted, read_only, used
from tests.e2e.support import project as projects
from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users
from tests.e2e.support.project import PATIENCE, Project, Strike, engine, until_stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOMY = "size=1200m"  # tmpfs: what is not written takes no memory
FULL = (
    (Strike("SIGSTOP", "start", "intent"), "kept-previous"),
    (Strike("SIGSTOP", "cutover", "done"), "rolled-back"),
)


@pytest.fixture(scope="module")
def remount() -> list[Callable[[str], None]]:
    return []


@pytest.fixture(scope="module")
def cramped(
    tmp_path_factory: pytest.TempPathFactory, remount: list[Callable[[str], None]]
) -> Iterator[Project]:
    """A tiny project that serves, whose state lies on a disk of its own."""
    project = projects.tiny(tmp_path_factory.mktemp("cramped") / "app", "cramped")
    project.home.mkdir()
    with mounted(project.home, ROOMY) as change:
        remount.append(change)
        project.done("deploy", "v0")
        yield project
        project.clear()


@pytest.mark.parametrize(("strike", "outcome"), FULL, ids=str)
def test_a_disk_that_fills_up_in_a_deploy_loses_nothing_and_recover_ends_it(
    cramped: Project, remount: list[Callable[[str], None]], strike: Strike, outcome: str
) -> None:
    before = assert_legal(cramped)
    cramped.behave(text=f"no room at {strike}")
    with users(cramped) as load:
        deploy = cramped.begin_struck(strike, "deploy", "full")
        until_stopped(deploy.pid)
        remount[0](f"size={used(cramped.home) + 4}k")
        os.kill(deploy.pid, signal.SIGCONT)
        _, said = deploy.communicate(timeout=PATIENCE)
        remount[0](ROOMY)
        recovered = cramped.done("recover", "--json").document
    load.assert_nothing_lost()
    assert deploy.returncode == 22, said
    assert "the disk is full, nothing more can be recorded" in said
    assert 'run "hitless recover"' in said
    assert recovered["outcome"] == outcome
    assert assert_legal(cramped) == before


def test_flags_that_cannot_be_written_are_told_before_anything_is_touched(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="read-only")
    with users(tiny) as load, read_only(tiny.edge.state):
        for words, code in ((("deploy", "read-only"), 20), (("maintenance", "on"), 1)):
            ran = tiny.hitless(*words)
            assert ran.code == code, ran
            assert "error[E320]: " in ran.err
            assert "cannot be written: Read-only file system" in ran.err
            assert "\nhint: see how it is mounted" in ran.err
    load.assert_nothing_lost()
    assert assert_legal(tiny) == before


def test_an_nginx_that_looks_at_another_directory_keeps_its_users(tiny: Project) -> None:
    """A mount goes stale when a directory is replaced: the flag moves where nobody looks."""
    before = assert_legal(tiny)
    state = tiny.edge.state
    looked_at = state.with_name("looked-at")
    shutil.copytree(state, state.with_name("copy"))
    state.rename(looked_at)
    state.with_name("copy").rename(state)
    tiny.behave(text="stale")
    try:
        with users(tiny) as load:
            ran = tiny.hitless("deploy", "stale")
    finally:
        shutil.rmtree(state)
        looked_at.rename(state)
    load.assert_nothing_lost()
    assert ran.code == 21, ran
    assert "error[E206]: " in ran.err
    assert "docker restart" in ran.err, "the way out is told"
    tiny.edge.set_fallback(fallback=False)  # as in the directory that was taken away
    assert assert_legal(tiny) == before


def test_an_nginx_that_restarts_between_flag_and_proof_is_waited_for(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="restarted")
    deploy = tiny.begin_struck(Strike("SIGSTOP", "cutover", "flag"), "deploy", "restarted")
    until_stopped(deploy.pid)
    edge = tiny.containers()[f"{tiny.service}-edge"]
    engine().stop(edge.id, 5)
    engine().start(edge.id)
    os.kill(deploy.pid, signal.SIGCONT)
    _, said = deploy.communicate(timeout=PATIENCE)
    assert deploy.returncode == 0, said
    assert assert_legal(tiny) != before


def test_a_state_that_is_locked_by_another_program_ends_a_deploy_before_it_begins(
    tiny: Project,
) -> None:
    before = assert_legal(tiny)
    with users(tiny) as load, sqlite3.connect(tiny.home / "state.db") as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = tiny.hitless("deploy", "locked")
        other.rollback()
    load.assert_nothing_lost()
    assert ran.code == 1, ran
    assert "error[E406]: " in ran.err
    assert "fuser" in ran.err
    assert assert_legal(tiny) == before


def test_a_damaged_state_is_moved_away_as_told_and_everything_goes_on(tiny: Project) -> None:
    tiny.behave(text="before the damage")
    tiny.done("deploy", "before")
    before = assert_legal(tiny)
    state = tiny.home / "state.db"
    with users(tiny) as load:
        for log in tiny.home.glob("state.db-*"):
            log.unlink()
        state.write_bytes(b"\0" * 100 + state.read_bytes()[100:])
        ran = tiny.hitless("deploy", "damaged")
        assert ran.code == 1, ran
        assert f'move it away with "mv {state} {state}.damaged"' in ran.err
        state.rename(f"{state}.damaged")
        assert tiny.status()["active"] == tiny.edge.active()
        tiny.behave(text="after the damage")
        tiny.done("deploy", "after")
        assert assert_legal(tiny) != before
        tiny.done("rollback", "--wait")
    load.assert_nothing_lost()
    assert assert_legal(tiny) == before
