"""Whoever is at work is asked to stop, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.deploy.abort import abort
from hitless.deploy.deploy import deploy
from hitless.deploy.hold import hold
from hitless.domain.errors import Interrupted
from hitless.domain.journal import Outcome
from hitless.domain.lock import Claim, Ticket
from testing.legal import assert_legal
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    service = Service(tmp_path / "shop")
    deploy(service.process(), service.settings, version="v1")
    service.make("two")
    return service


def test_nothing_that_runs_is_nothing_to_abort(serving: Service) -> None:
    assert abort(serving.process()) is None


def test_the_end_of_what_was_asked_to_stop_is_told(serving: Service) -> None:
    def stop() -> None:
        serving.store.end("d2", Outcome.KEPT_PREVIOUS, 1.0, "stopped")
        serving.host.dead.add(1)

    serving.host.on_ask = stop
    with hold(serving.process(), "deploy v2"):
        serving.store.begin(serving.store.deploy("d1")._replace(id="d2", outcome=Outcome.RUNNING))
        aborted = abort(serving.process())
    assert aborted
    assert aborted.command == "deploy v2"
    assert aborted.deploy
    assert aborted.deploy.outcome is Outcome.KEPT_PREVIOUS


def test_a_key_chooses_one_command_even_when_it_still_waits(serving: Service) -> None:
    waiting = serving.host.process()._replace(pid=2, started=2)
    serving.store.queue(Ticket("v3", "me@here", waiting, run="mine"))
    asked: list[int] = []

    def stop() -> None:
        asked.append(1)
        serving.host.dead.update((1, 2))

    serving.host.on_ask = stop
    with hold(serving.process(), "deploy v2", Claim(run="theirs")):
        assert abort(serving.process(), "nobodys") is None
        assert asked == []
        aborted = abort(serving.process(), "mine")
    assert aborted
    assert (aborted.command, asked) == ("deploy v3", [1])


def test_a_second_signal_is_told_which_steps_are_still_to_be_undone(serving: Service) -> None:
    def strike(what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        undoing = ("write done of health gate", "write undone of health gate")
        if done and what in (*undoing, "write undone of start"):
            serving.interrupts.strike()

    serving.machine.on_change.append(strike)
    with pytest.raises(Interrupted):
        deploy(serving.process(), serving.settings, version="v2")
    first, second = serving.interrupts.told
    assert first[:2] == ("health gate", "start")
    assert second[:2] == ("start", "expand")
    assert second[-1] == "preflight"
    serving.machine.on_change.remove(strike)
    assert_legal(serving)
