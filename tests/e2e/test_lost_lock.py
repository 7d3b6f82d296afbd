"""Two commands at once: one waits, is told, or has lost its lock and stops."""

from __future__ import annotations

import signal

import pytest

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users
from tests.e2e.support.project import PATIENCE, Project, Strike, until_stopped


@pytest.mark.parametrize("step", ["health gate", "cutover"])
def test_a_deploy_that_sleeps_while_another_takes_its_lock_wakes_up_and_stops(
    tiny: Project, step: str
) -> None:
    before = assert_legal(tiny)
    tiny.behave(text=f"asleep at {step}")
    with users(tiny) as load:
        asleep = tiny.begin_struck(Strike("SIGSTOP", step, "intent"), "deploy", "asleep")
        until_stopped(asleep.pid)
        (tiny.home / "lock").unlink()
        assert tiny.done("recover", "--json").document["outcome"] == "kept-previous"
        asleep.send_signal(signal.SIGCONT)
        _, said = asleep.communicate(timeout=PATIENCE)
    load.assert_nothing_lost()
    assert asleep.returncode == 75, said
    assert "error[E413]: the lock was taken over by" in said
    assert assert_legal(tiny) == before


def test_who_comes_second_is_told_who_was_first_and_why(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="first")
    words = ("deploy", "first", "-m", "a hotfix")
    with users(tiny) as load:
        first = tiny.begin_struck(Strike("SIGSTOP", "start", "intent"), *words)
        until_stopped(first.pid)
        held = tiny.status()["lock"]
        second = tiny.hitless("deploy", "second", "--wait", "0")
        first.send_signal(signal.SIGCONT)
        _, said = first.communicate(timeout=PATIENCE)
    load.assert_nothing_lost()
    assert (held["command"], held["reason"]) == ("deploy first", "a hotfix")
    assert held["process"]["pid"] == first.pid
    assert second.code == 75
    assert "error[E410]: " in second.err
    assert f"(process {first.pid})" in second.err
    assert 'deploy first, "a hotfix"' in second.err
    assert "\nhint: " in second.err
    assert first.returncode == 0, said
    assert assert_legal(tiny) != before
    assert tiny.status()["slots"][tiny.status()["active"]]["version"] == "first"


def test_in_a_freeze_only_rollbacks_work(tiny: Project) -> None:
    tiny.behave(text="before the freeze")
    tiny.done("deploy", "before-freeze")
    newer = assert_legal(tiny)
    tiny.done("freeze", "--until", "2h", "-m", "holiday")
    try:
        refused = tiny.hitless("deploy", "in-freeze")
        assert refused.code == 75
        assert "error[E411]:" in refused.err
        assert "holiday" in refused.err
        tiny.done("rollback", "--wait")
    finally:
        tiny.done("freeze", "off")
    assert assert_legal(tiny) != newer
