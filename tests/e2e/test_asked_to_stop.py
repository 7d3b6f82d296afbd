"""Ctrl-C and SIGTERM, whenever they come: a deploy is undone, or it is done.

A signal after every single change of every step is in tests/crash; here are those moments between
which something real is different.
"""

from __future__ import annotations

import signal
from typing import IO

import pytest

from tests.e2e.support.legal import assert_legal, assert_nothing_left
from tests.e2e.support.load import users
from tests.e2e.support.project import Project, Strike, until_stopped

BEFORE = (
    Strike("SIGINT", "snapshot", "intent"),
    Strike("SIGTERM", "worker handover", "intent"),
    Strike("SIGINT", "cutover", "intent"),
    Strike("SIGTERM", "traffic gate", "intent"),
)
AFTER = (Strike("SIGINT", "promote", "intent"), Strike("SIGTERM", "retire", "intent"))
AT_WORK = (
    Strike("SIGINT", "expand", "intent", 0.3),
    Strike("SIGTERM", "start", "intent", 0.4),
)


@pytest.mark.parametrize("strike", [*BEFORE, *AT_WORK], ids=str)
def test_before_the_commit_point_everything_begun_is_undone(tiny: Project, strike: Strike) -> None:
    before = assert_legal(tiny)
    tiny.behave(text=f"stopped at {strike}")
    with users(tiny) as load:
        ran = tiny.struck(strike, "deploy", "stopped")
    load.assert_nothing_lost()
    assert ran.code == 130, ran
    assert f"error[E130]: stopped by {strike.signal}" in ran.err
    assert assert_legal(tiny) == before


@pytest.mark.parametrize("strike", AFTER, ids=str)
def test_after_the_commit_point_the_release_stays(tiny: Project, strike: Strike) -> None:
    before = assert_legal(tiny)
    tiny.behave(text=f"stopped at {strike}")
    with users(tiny) as load:
        ran = tiny.struck(strike, "deploy", "stopped")
    load.assert_nothing_lost()
    assert ran.code == 0, ran
    assert f"the release is live; cut short: stopped by {strike.signal}" in ran.err
    assert assert_legal(tiny) != before


def test_a_second_signal_does_not_leave_things_half_undone(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="stopped twice", ready=False)
    process = tiny.begin("deploy", "stopped-twice")
    assert process.stderr
    said = [until(process.stderr, "ok    start")]
    process.send_signal(signal.SIGINT)
    said.append(until(process.stderr, "undo  start"))
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130, (said, rest)
    assert "SIGINT: already going back, still to undo: start, expand," in rest
    assert assert_legal(tiny) == before


def test_a_first_deploy_that_is_stopped_leaves_nothing_behind(fresh: Project) -> None:
    ran = fresh.struck(Strike("SIGINT", "smoke gate", "intent"), "deploy", "v1")
    assert ran.code == 130, ran
    assert_nothing_left(fresh)


def until(lines: IO[str], wanted: str) -> str:
    """Read what a process says until it says what is wanted."""
    for line in lines:
        if line.startswith(wanted):
            return line
    pytest.fail(f"it never said {wanted!r}")


def test_abort_asks_the_running_deploy_to_stop_and_tells_how_it_ended(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="aborted", ready=False)
    with users(tiny) as load:
        process = tiny.begin("deploy", "aborted")
        assert process.stderr
        until(process.stderr, "ok    start")
        aborted = tiny.done("abort", "--json").document
        _, rest = process.communicate(timeout=60)
    load.assert_nothing_lost()
    assert (process.returncode, aborted["command"]) == (130, "deploy aborted"), rest
    assert aborted["deploy"]["outcome"] == "kept-previous"
    assert assert_legal(tiny) == before
    assert tiny.done("abort").out == "nothing is running\n"


def test_abort_comes_too_late_after_the_commit_point_and_says_so(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="too late")
    asleep = tiny.begin_struck(Strike("SIGSTOP", "promote", "intent"), "deploy", "too-late")
    until_stopped(asleep.pid)
    abort = tiny.begin("abort")
    assert abort.stderr
    until(abort.stderr, "      asked process")
    asleep.send_signal(signal.SIGCONT)
    out, _ = abort.communicate(timeout=60)
    asleep.communicate(timeout=60)
    assert abort.returncode == 1
    assert "too late: it was past its commit point" in out
    assert assert_legal(tiny) != before
