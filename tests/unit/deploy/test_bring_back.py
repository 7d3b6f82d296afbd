"""A release fails after its cutover, and the one before is gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hitless.deploy.deploy import deploy
from hitless.domain.errors import HumanNeeded, TrafficBad
from hitless.domain.journal import Outcome
from testing.legal import assert_legal
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """v1 serves from blue; all its containers go when v2, which then fails, has its users."""
    shop = Service(tmp_path / "shop")
    deploy(shop.process(), shop.settings, version="v1")

    def vanish(what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        if what == "write done of cutover" and done:
            for box in tuple(shop.machine.boxes.values()):
                if "-blue-" in box.name:
                    del shop.machine.boxes[box.id]
                if box.name == "shop-green-api":
                    box.app = replace(box.app, breaks_after=0.0)

    shop.machine.on_change.append(vanish)
    shop.make("two")
    return shop


def test_the_release_before_is_made_again_and_gets_its_users_back(shop: Service) -> None:
    with pytest.raises(TrafficBad) as caught:
        deploy(shop.process(), shop.settings, version="v2")
    assert caught.value.exit_status == 21
    assert shop.store.deploys(1)[0].outcome is Outcome.ROLLED_BACK
    assert shop.ask().body == b"hello one api"
    assert_legal(shop)


def test_where_it_cannot_be_made_a_human_is_needed_and_told(shop: Service) -> None:
    release = shop.store.releases()[0]

    def forget(what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        if what == "write done of cutover" and done:
            shop.machine.images.pop(release.tag("api"))

    shop.machine.on_change.append(forget)
    with pytest.raises(HumanNeeded, match="serves although it failed") as caught:
        deploy(shop.process(), shop.settings, version="v2")
    assert caught.value.exit_status == 22
    assert "rollback --dry-run" in caught.value.hint
    assert shop.store.unfinished() is None
