"""A process loses its lock to another, which ends its deploy: it must touch nothing after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from hitless.deploy.blue_green import DEPLOY
from hitless.deploy.deploy import deploy
from hitless.deploy.hold import hold
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.deploy.turn_back import ROLLBACK
from hitless.domain.errors import Superseded
from testing.legal import assert_legal
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class TakeOver:
    """Recovers in another process after one change; what follows is written down.

    Attributes:
        since: The change counts only after this one.
    """

    service: Service
    after: str
    since: str = ""
    done: bool = False
    touched: list[str] = field(default_factory=list)

    def __call__(self, what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        """Called before and after each change."""
        if self.done:
            self.touched.append(what)
        elif what == self.since:
            self.since = ""
        elif done and what == self.after and not self.since:
            machine, self.service.lock.holder = self.service.machine, ""
            machine.on_change.remove(self)
            with hold(self.service.process(), "recover") as world:
                recover(world)
            machine.on_change.append(self)
            self.done = True


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    service = Service(tmp_path / "shop")
    for text in ("one", "two"):
        service.make(text)
        deploy(service.process(), service.settings, version=text)
    return service


@pytest.mark.parametrize("status", ["intent", "done"])
@pytest.mark.parametrize("step", DEPLOY.names[:-1])
def test_a_deploy_that_lost_its_lock_stops(serving: Service, step: str, status: str) -> None:
    taker = TakeOver(serving, f"write {status} of {step}")
    serving.machine.on_change.append(taker)
    serving.make("three")
    with pytest.raises(Superseded, match="taken over by somebody@memory: recover") as caught:
        deploy(serving.process(), serving.settings, version="v3")
    assert caught.value.exit_status == 75
    assert taker.done
    assert taker.touched == []
    assert_legal(serving)


@pytest.mark.parametrize("status", ["intent", "done"])
@pytest.mark.parametrize("step", ROLLBACK.names[:-1])
def test_a_rollback_that_lost_its_lock_stops(serving: Service, step: str, status: str) -> None:
    taker = TakeOver(serving, f"write {status} of {step}")
    serving.machine.on_change.append(taker)
    with pytest.raises(Superseded):
        rollback(serving.process(), wait=True)
    assert taker.touched == []
    assert_legal(serving)


def test_the_last_look_before_the_flag_is_at_the_lock(serving: Service) -> None:
    """Between the intent of the cutover and its flag, seconds may pass: here the lock goes."""
    taker = TakeOver(serving, "withdraw backup", since="write intent of cutover")
    serving.machine.on_change.append(taker)
    before = serving.edge.active()
    serving.make("three")
    with pytest.raises(Superseded):
        deploy(serving.process(), serving.settings, version="v3")
    assert taker.touched == []
    assert serving.edge.active() is before
    assert_legal(serving)
