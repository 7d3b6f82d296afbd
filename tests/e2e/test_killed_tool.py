"""The tool is killed in the middle of a deploy or rollback: nobody notices.

Traffic flows all the while. The command that comes next, whichever it is, finishes or
undoes what was begun. Killed is here where the real world differs: what containers there are,
who has the queue, where the flag is, what is committed. Every change of every step is in
tests/crash (memory) and in benchmarks/kill_matrix.py (containers).
"""

from __future__ import annotations

import pytest

from hitless.deploy.blue_green import DEPLOY
from hitless.deploy.turn_back import ROLLBACK
from tests.e2e.support.legal import assert_legal, assert_nothing_left
from tests.e2e.support.load import users
from tests.e2e.support.project import Project, Strike, killed

DEPLOYING = (
    Strike("SIGKILL", "start", "done"),
    Strike("SIGKILL", "worker handover", "done"),
    Strike("SIGKILL", "cutover", "intent"),
    Strike("SIGKILL", "cutover", "done"),
    Strike("SIGKILL", "promote", "intent"),
    Strike("SIGKILL", "retire", "done"),
)
ROLLING_BACK = (
    Strike("SIGKILL", "revive", "done"),
    Strike("SIGKILL", "cutover", "intent"),
    Strike("SIGKILL", "cutover", "done"),
)
AT_WORK = [
    Strike("SIGKILL", "expand", "intent", 0.3),
    Strike("SIGKILL", "start", "intent", 0.5),
    Strike("SIGKILL", "worker handover", "intent", 0.3),
]


@pytest.mark.parametrize("strike", DEPLOYING, ids=str)
def test_after_a_killed_deploy_recover_finds_a_legal_end(tiny: Project, strike: Strike) -> None:
    before = assert_legal(tiny)
    tiny.behave(text=f"killed at {strike}")
    with users(tiny) as load:
        assert killed(tiny.struck(strike, "deploy", "killed"))
        recovered = tiny.done("recover", "--json").document
    load.assert_nothing_lost()
    serving = assert_legal(tiny)
    forward = _committed(strike)
    assert (serving != before) is forward
    assert recovered["outcome"] == _outcome(strike)


@pytest.mark.parametrize("strike", AT_WORK, ids=str)
def test_what_another_program_was_doing_for_a_killed_deploy_leaves_nothing(
    tiny: Project, strike: Strike
) -> None:
    before = assert_legal(tiny)
    tiny.behave(text=f"killed at {strike}")
    with users(tiny) as load:
        assert killed(tiny.struck(strike, "deploy", "killed-at-work"))
        tiny.done("recover")
    load.assert_nothing_lost()
    assert assert_legal(tiny) == before


@pytest.mark.parametrize("strike", ROLLING_BACK, ids=str)
def test_after_a_killed_rollback_the_next_command_finds_a_legal_end(
    tiny: Project, strike: Strike
) -> None:
    tiny.behave(text=f"left at {strike}")
    tiny.done("deploy", "left")
    newer = assert_legal(tiny)
    with users(tiny) as load:
        assert killed(tiny.struck(strike, "rollback"))
        tiny.done("recover")
    load.assert_nothing_lost()
    forward = strike.step == ROLLBACK.commit
    assert (assert_legal(tiny) != newer) is forward


def test_after_a_killed_deploy_the_next_deploy_just_works(tiny: Project) -> None:
    tiny.behave(text="lost")
    with users(tiny) as load:
        assert killed(tiny.struck(Strike("SIGKILL", "health gate", "done"), "deploy", "lost"))
        tiny.behave(text="next")
        tiny.done("deploy", "next")
    load.assert_nothing_lost()
    assert_legal(tiny)
    assert tiny.history()[1]["outcome"] == "kept-previous"
    assert b"next" in tiny.ask("/version").body
    assert tiny.done("recover").out == "nothing was interrupted\n"


@pytest.mark.parametrize("step", ["accessories", "cutover"])
def test_a_first_deploy_that_was_killed_leaves_nothing_behind(fresh: Project, step: str) -> None:
    assert killed(fresh.struck(Strike("SIGKILL", step, "done"), "deploy", "v1"))
    fresh.done("recover")
    assert_nothing_left(fresh)


def _committed(strike: Strike) -> bool:
    return DEPLOY.names.index(strike.step) >= DEPLOY.names.index(DEPLOY.commit)


def _outcome(strike: Strike) -> str:
    if _committed(strike):
        return "live"
    served = DEPLOY.names.index(strike.step) > DEPLOY.names.index("cutover")
    served |= strike.step == "cutover" and strike.status == "done"
    return "rolled-back" if served else "kept-previous"
