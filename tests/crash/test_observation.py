"""What a dead process left is ended by what serves; the record does not overrule that."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy
from hitless.deploy.down import down
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.domain.container import Role
from hitless.domain.journal import Outcome
from testing.faults import Died
from testing.legal import assert_legal, fingerprint
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    service = Service(tmp_path / "shop")
    for text in ("one", "two"):
        service.make(text)
        deploy(service.process(), service.settings, version=text)
    return service


def dies_after(service: Service, what: str, *, back: bool = False) -> None:
    """A third deploy, or a rollback, is killed right after a change."""
    dead: list[str] = []

    def kill(change: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        if dead or (done and change == what):
            dead.append(change)
            raise Died

    service.make("three")
    service.machine.on_change.append(kill)
    with suppress(Died):
        if back:
            rollback(service.process(), wait=True)
        else:
            deploy(service.process(), service.settings, version="three")
    service.machine.on_change.remove(kill)
    service.clock.on_tick.clear()
    assert dead, f"{what!r} never happened"


def ended(service: Service) -> Outcome:
    found = recover(service.process())
    assert found
    return found[1]


def flag_of(service: Service) -> str:
    return f"activate {service.edge.active().other}"


def test_a_release_that_had_the_flag_is_told_to_have_been_rolled_back(serving: Service) -> None:
    dies_after(serving, flag_of(serving))
    assert serving.ask().body == b"hello three api"
    assert ended(serving) is Outcome.ROLLED_BACK
    assert serving.ask().body == b"hello two api"
    assert_legal(serving)


def test_a_release_that_never_had_the_flag_is_told_so(serving: Service) -> None:
    dies_after(serving, "write intent of cutover")
    assert ended(serving) is Outcome.KEPT_PREVIOUS
    assert_legal(serving)


def test_a_release_whose_flag_was_taken_by_hand_is_not_called_live(serving: Service) -> None:
    dies_after(serving, "write intent of promote")
    serving.edge.activate(serving.edge.active().other)
    assert ended(serving) is Outcome.ROLLED_BACK
    assert serving.ask().body == b"hello two api"
    assert_legal(serving)


@pytest.mark.parametrize("at", ["write done of cutover", "write intent of traffic gate"])
def test_where_there_is_nobody_to_go_back_to_the_release_keeps_its_traffic(
    serving: Service, at: str
) -> None:
    dies_after(serving, at)
    world = serving.process()
    for container in world.engine.containers("shop"):
        if container.slot is serving.edge.active().other and container.role == Role.WEB:
            world.engine.remove(container.id)
    serving.edge.set_fallback(fallback=False)
    assert ended(serving) is Outcome.LIVE
    assert serving.ask().body == b"hello three api"
    assert_legal(serving)


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        ("write done of start", Outcome.KEPT_PREVIOUS),
        ("write done of cutover", Outcome.ROLLED_BACK),
    ],
)
def test_beside_a_release_that_the_record_does_not_know_nothing_is_touched(
    serving: Service, at: str, outcome: Outcome
) -> None:
    dies_after(serving, at)
    old = deepcopy(serving.store)
    recover(serving.process())
    for text in ("four", "five"):
        serving.make(text)
        deploy(serving.process(), serving.settings, version=text)
    old._machine = serving.machine
    serving.store = old  # somebody brought an old state.db back
    before = fingerprint(serving)[:-1]
    assert ended(serving) is outcome
    assert "another release serves" in serving.store.deploys(1)[0].reason
    assert fingerprint(serving)[:-1] == before
    assert serving.ask().body == b"hello five api"


def test_a_rollback_is_not_finished_onto_a_release_that_died_meanwhile(serving: Service) -> None:
    dies_after(serving, "write intent of cutover", back=True)
    slot = serving.edge.active().other
    for box in serving.machine.boxes.values():
        if box.name.startswith(f"shop-{slot}-"):
            box.app = App(starts_in=1e6)
            box.started = serving.clock.monotonic()
    assert ended(serving) is Outcome.KEPT_PREVIOUS
    assert serving.ask().body == b"hello two api"


def test_a_service_is_removed_with_all_that_was_interrupted(serving: Service) -> None:
    dies_after(serving, "write done of health gate")
    down(serving.process())
    assert serving.store.unfinished() is None
    assert not serving.machine.boxes
