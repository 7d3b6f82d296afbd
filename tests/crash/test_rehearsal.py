"""A rehearsal that is cut short anywhere leaves nothing, and users' service as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.deploy.copied import Wish
from hitless.deploy.copy import end_rehearsal
from hitless.deploy.deploy import deploy
from hitless.deploy.rehearse import rehearse
from hitless.domain.errors import Interrupted
from testing.copies import Copies
from testing.faults import Died, Fault, sabotage
from testing.legal import assert_legal
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path

# A rehearsal makes about 130 changes: the builds, two deploys, five turns, the removal.
BUILT, UP, DEPLOYED, TURNED, REMOVING = 5, 41, 60, 95, 126


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which v1 serves, and whose files have moved on."""
    shop = Service(tmp_path / "shop")
    deploy(shop.process(), shop.settings, version="v1")
    shop.make("two")
    return shop


@pytest.fixture
def copies(shop: Service) -> Copies:
    return Copies(shop)


@pytest.mark.parametrize("at", [0, BUILT, UP, DEPLOYED, TURNED, REMOVING])
def test_a_killed_one_leaves_nothing_after_recover(shop: Service, copies: Copies, at: int) -> None:
    with sabotage(shop, Fault.KILLED, at), pytest.raises(Died):
        rehearse(copies.process(), Wish(shop.settings, "v2"))
    assert copies.left()
    assert end_rehearsal(copies.process())
    assert copies.left() == []
    assert not end_rehearsal(copies.process())
    assert shop.ask().body == b"hello one api"
    assert_legal(shop)


def test_a_killed_one_leaves_nothing_after_the_next(shop: Service, copies: Copies) -> None:
    with sabotage(shop, Fault.KILLED, DEPLOYED), pytest.raises(Died):
        rehearse(copies.process(), Wish(shop.settings, "v2"))
    assert rehearse(copies.process(), Wish(shop.settings, "v2")).passed
    assert copies.left() == []


@pytest.mark.parametrize("at", [0, BUILT, UP, DEPLOYED, TURNED])
def test_a_signal_ends_it_whenever_it_comes(shop: Service, copies: Copies, at: int) -> None:
    """Also behind a commit point, where the deploy itself would go on."""
    with sabotage(shop, Fault.SIGNALLED, at), pytest.raises(Interrupted):
        rehearse(copies.process(), Wish(shop.settings, "v2"))
    assert copies.left() == []
    assert shop.store.rehearsals(1) == ()
    assert_legal(shop)


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.FAILED])
def test_an_engine_that_fails_once_ends_it_and_nothing_is_left(
    shop: Service, copies: Copies, fault: Fault
) -> None:
    with sabotage(shop, fault, UP), pytest.raises(Exception, match="sabotage"):
        rehearse(copies.process(), Wish(shop.settings, "v2"))
    assert copies.left() == []
    assert_legal(shop)


def test_a_running_one_is_not_ended_by_recover(shop: Service, copies: Copies) -> None:
    with sabotage(shop, Fault.KILLED, DEPLOYED), pytest.raises(Died):
        rehearse(copies.process(), Wish(shop.settings, "v2"))
    with copies.lock.hold("another one began meanwhile"):
        assert not end_rehearsal(copies.process())
    assert copies.left()
