"""The machine itself is in trouble from one step of a deploy on: its disk, its clock."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from hitless.deploy.blue_green import DEPLOY
from hitless.deploy.deploy import deploy
from hitless.deploy.recover import recover
from hitless.domain.errors import DiskFull, FlagsUnwritable, HumanNeeded
from hitless.domain.journal import Outcome
from testing.legal import assert_legal
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0
JUMPS = list(zip(DEPLOY.names, cycle((DAY, -DAY)), strict=False))
COMMIT = DEPLOY.names.index(DEPLOY.commit)


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    """v1 serves from blue, and v2 is about to be deployed."""
    service = Service(tmp_path / "shop")
    deploy(service.process(), service.settings, version="v1")
    service.make("two")
    return service


def begun(what: str, done: bool, step: str) -> bool:  # noqa: FBT001  # see Machine.on_change
    return done and what == f"write intent of {step}"


@pytest.mark.parametrize("step", DEPLOY.names)
def test_where_nothing_can_be_recorded_a_human_is_asked_and_recover_ends_it(
    serving: Service, step: str
) -> None:
    full: list[bool] = []

    def strike(what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        if full and not done and what.startswith(("write ", "end ", "save ")):
            raise DiskFull("the disk is full", 'free some with "docker image prune"')
        full.extend([True] * begun(what, done, step))

    serving.machine.on_change.append(strike)
    with pytest.raises(HumanNeeded, match="the disk is full") as caught:
        deploy(serving.process(), serving.settings, version="v2")
    assert caught.value.exit_status == 22
    assert "hitless recover" in caught.value.hint
    assert serving.ask().ok
    serving.machine.on_change.remove(strike)
    ended = recover(serving.process())
    assert ended
    forward = DEPLOY.names.index(step) >= COMMIT
    assert (ended[1] is Outcome.LIVE) is forward
    assert_legal(serving)


@pytest.mark.parametrize("step", [*DEPLOY.names[1:COMMIT], "promote"])
def test_where_no_flag_can_be_moved_users_stay_and_recover_ends_it(
    serving: Service, step: str
) -> None:
    before = serving.ask().body

    def strike(what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        if begun(what, done, step):
            serving.edge.unwritable = "the flags are on a read-only disk"

    serving.machine.on_change.append(strike)
    try:
        deploy(serving.process(), serving.settings, version="v2")
    except HumanNeeded as error:
        assert "read-only" in error.message  # noqa: PT017  # after its cutover it needs no flag
        assert serving.ask().body == before
    serving.machine.on_change.remove(strike)
    serving.edge.unwritable = ""
    recover(serving.process())
    assert_legal(serving)


def test_flags_that_cannot_be_moved_are_found_before_anything_is_touched(serving: Service) -> None:
    serving.edge.unwritable = "the flags are on a read-only disk"
    with pytest.raises(FlagsUnwritable) as caught:
        deploy(serving.process(), serving.settings, version="v2")
    assert caught.value.exit_status == 20
    assert serving.store.deploys(1)[0].outcome is Outcome.KEPT_PREVIOUS
    assert_legal(serving)


@pytest.mark.parametrize(("step", "by"), JUMPS)
def test_a_clock_that_jumps_in_the_middle_changes_no_decision(
    serving: Service, step: str, by: float
) -> None:
    def strike(what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        serving.clock.wrong_by += by if begun(what, done, step) else 0.0

    serving.machine.on_change.append(strike)
    deploy(serving.process(), serving.settings, version="v2")
    assert serving.ask().body == b"hello two api"
    assert serving.store.deploys(1)[0].outcome is Outcome.LIVE
    assert_legal(serving)
