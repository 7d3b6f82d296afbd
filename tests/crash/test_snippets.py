"""A rollback that changes nginx's snippets, cut short before the traffic has moved."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from hitless.deploy.deploy import deploy
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.domain.errors import HitlessError
from testing.faults import Died, Fault, changes_of, sabotage
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """v2 serves; it has other snippets than v1, which is hot."""
    proxy = SETTINGS.proxy._replace(include=("own.conf",))
    shop = Service(tmp_path / "shop", SETTINGS._replace(proxy=proxy))
    for version in ("v1", "v2"):
        (shop.directory / "own.conf").write_text(f"add_header X-Own {version};")
        shop.make(version)
        deploy(shop.process(), shop.settings, version=version)
    return shop


@pytest.mark.parametrize("fault", Fault)
def test_who_serves_has_its_own_snippets_whatever_happens(shop: Service, fault: Fault) -> None:
    rehearsal = deepcopy(shop)
    with sabotage(rehearsal) as watched:
        rollback(rehearsal.process(), wait=True)
    points = tuple(changes_of("revive", watched.seen))
    assert [what for what in watched.seen if what.startswith("HUP")]
    for at in points:
        service = deepcopy(shop)
        with suppress(HitlessError):
            try:
                with sabotage(service, fault, at):
                    rollback(service.process(), wait=True)
            except Died:
                recover(service.process())
        assert_legal(service)
        serving = service.ask().body.split()[1].decode()
        assert f"X-Own {serving};" in service.edge.config(), f"after {watched.seen[at]!r}"
