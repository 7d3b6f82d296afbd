"""A worker that may exist only once, through a handover that is cut short anywhere."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from hitless.deploy.deploy import deploy
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.domain.errors import HitlessError
from hitless.domain.settings import Handover
from testing.faults import Died, Fault, changes_of, sabotage
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STEP = "worker handover"


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """v1 serves with the one worker there may be; never two run at the same time."""
    once = SETTINGS.workers["worker"]._replace(handover=Handover.SINGLETON)
    shop = Service(tmp_path / "shop", SETTINGS._replace(workers={"worker": once}))
    go(shop, "v1")
    return shop


def go(shop: Service, version: str) -> None:
    shop.make(version)
    deploy(shop.process(), shop.settings, version=version)


def watch(shop: Service) -> None:
    """From now on two workers at a time fail the test."""

    def only_one(what: str, done: bool) -> None:  # noqa: FBT001, ARG001  # see Machine.on_change
        running = [name for name in shop.names() if name.endswith("-worker")]
        assert len(running) <= 1, f"{running} run at {what!r}"

    shop.machine.on_change.append(only_one)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("way", ["deploy", "rollback"])
def test_never_two_run_whatever_happens(shop: Service, way: str, fault: Fault) -> None:
    act: Callable[[Service], object] = lambda service: go(service, "v2")  # noqa: E731  # one of two
    if way == "rollback":
        go(shop, "v2")
        act = lambda service: rollback(service.process(), wait=True)  # noqa: E731
    rehearsal = deepcopy(shop)
    with sabotage(rehearsal) as watched:
        act(rehearsal)
    points = tuple(changes_of(STEP, watched.seen))
    assert len(points) >= 4
    for at in points:
        service = deepcopy(shop)
        watch(service)
        # An error that a user meets is no matter here: what was begun has been undone.
        with suppress(HitlessError):
            try:
                with sabotage(service, fault, at):
                    act(service)
            except Died:
                recover(service.process())
        assert_legal(service)
