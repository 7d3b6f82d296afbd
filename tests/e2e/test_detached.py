"""A deploy outlives the terminal and the connection that it was started in."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users
from tests.e2e.support.project import HITLESS, PATIENCE, Project

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_detached_deploy_is_followed_to_its_end(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="detached")
    with users(tiny) as load:
        began = tiny.done("deploy", "detached", "--detach")
        assert "hitless attach" in began.out
        followed = tiny.done("attach")
    load.assert_nothing_lost()
    assert "ok    cutover" in followed.err
    assert followed.out.startswith("detached (")
    assert assert_legal(tiny) != before
    name = tiny.deploys()[0].id
    again = tiny.done("attach", name, "--json").out.splitlines()
    assert '"event": "run"' in again[0]
    assert f'"deploy": "{name}"' in again[-1]


def test_who_attaches_gets_the_status_of_the_deploy(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="sick", migration_fails=True)
    run = tiny.done("deploy", "sick", "--detach", "--json").document["run"]
    followed = tiny.hitless("attach", run)
    assert followed.code == 20, followed
    assert "error[E203]" in followed.err
    assert assert_legal(tiny) == before


def test_a_detached_deploy_can_be_aborted(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="never ready", ready=False)
    tiny.done("deploy", "never-ready", "--detach")
    until(lambda: tiny.status()["unfinished"] is not None)
    tiny.done("abort")
    assert tiny.hitless("attach").code == 130
    assert assert_legal(tiny) == before


def test_a_deploy_goes_on_when_its_terminal_dies(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="closed laptop")
    with users(tiny) as load:
        leave_terminal_at(tiny, b"network", "deploy", "closed-laptop")
        followed = tiny.done("attach")
    load.assert_nothing_lost()
    assert "the terminal is gone; going on without it" in followed.err
    assert assert_legal(tiny) != before
    assert tiny.history()[0]["outcome"] == "live"


def test_a_deploy_goes_on_when_nobody_reads_it_any_more(tiny: Project) -> None:
    """As over a connection without a terminal, which is cut: no signal comes."""
    before = assert_legal(tiny)
    tiny.behave(text="cut off")
    process = tiny.begin("deploy", "cut-off")
    assert process.stdout
    assert process.stderr
    process.stderr.readline()
    process.stderr.close()
    process.stdout.close()
    process.wait(PATIENCE)
    assert tiny.done("attach").out.startswith("cut-off (")
    assert assert_legal(tiny) != before


def leave_terminal_at(project: Project, wanted: bytes, *words: str) -> None:
    """Start a command in a terminal of its own, and close that when it says a word."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ("setsid", "--ctty", "--wait", str(HITLESS), *words),
        cwd=project.directory,
        env=project.environ | {"TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    while wanted not in said:
        said += os.read(ours, 4096)
    os.close(ours)
    process.wait(PATIENCE)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            pytest.fail("it never came that far")
        time.sleep(0.1)
