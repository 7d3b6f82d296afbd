"""Users get a page; deploys and rollbacks go on behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.deploy.deploy import deploy
from hitless.deploy.maintenance import PAGE, begin, end
from hitless.deploy.rollback import rollback
from hitless.domain.errors import ConfigMissing, EdgeTooOld, NothingDeployed
from hitless.domain.settings import Pause
from testing.service import PORT, Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which v1 serves."""
    made = Service(tmp_path / "shop")
    deploy(made.process(), made.settings, version="v1")
    return made


def by_key(service: Service) -> bytes:
    return service.http.look(PORT, "/api/version", {"X-Hitless-Key": service.edge.key()}).body


def test_users_get_the_page_and_who_did_it_is_known(shop: Service) -> None:
    begin(shop.process(), shop.settings, "a new disk")
    answer = shop.ask()
    assert (answer.status, answer.body.decode()) == (503, PAGE)
    found = shop.edge.maintenance()
    assert found
    assert (found.actor, found.reason) == ("somebody@memory", "a new disk")
    end(shop.process())
    assert shop.ask().body == b"hello one api"


def test_it_survives_a_deploy_and_a_rollback_that_prove_themselves_behind_it(
    shop: Service,
) -> None:
    begin(shop.process(), shop.settings)
    shop.make("two")
    done = deploy(shop.process(), shop.settings, version="v2")
    assert done.evidence
    assert (done.evidence.failed, bool(done.evidence.sent)) == (0, True)
    assert shop.ask().status == 503
    assert by_key(shop) == b"hello two api"
    rollback(shop.process(), wait=True)
    assert shop.ask().status == 503
    assert by_key(shop) == b"hello one api"
    end(shop.process())
    assert shop.ask().body == b"hello one api"


def test_it_may_begin_and_end_while_a_deploy_runs(shop: Service) -> None:
    shop.make("two")
    moments = iter((lambda: begin(shop.process(), shop.settings), lambda: end(shop.process())))
    watched = shop.reporter.step_began

    def began(step: str, promise: str) -> None:
        watched(step, promise)
        if step in ("start", "promote"):
            next(moments)()

    shop.reporter.step_began = began  # type: ignore[method-assign]
    done = deploy(shop.process(), shop.settings, version="v2")
    assert done.evidence
    assert done.evidence.failed == 0
    assert shop.ask().body == b"hello two api"


def test_the_page_and_the_paths_that_stay_open_are_ones_own(shop: Service) -> None:
    (shop.directory / "page.html").write_text("<p>tea time</p>")
    mine = shop.settings._replace(
        maintenance=Pause("page.html", retry_after=300.0, open=("/api/version",))
    )
    shop.make("two")
    deploy(shop.process(), mine, version="v2")
    begin(shop.process(), mine)
    assert shop.ask("/").body == b"<p>tea time</p>"
    assert shop.ask("/").headers["retry-after"] == "300"
    assert shop.ask("/api/version").body == b"hello two api"


def test_a_page_that_is_not_there_changes_nothing(shop: Service) -> None:
    for name in ("nowhere.html", "."):
        mine = shop.settings._replace(maintenance=Pause(name))
        with pytest.raises(ConfigMissing, match="cannot be read"):
            begin(shop.process(), mine)
    (shop.directory / "large").write_bytes(b"x" * 1_000_001)
    with pytest.raises(ConfigMissing, match="larger than"):
        begin(shop.process(), shop.settings._replace(maintenance=Pause("large")))
    assert shop.edge.maintenance() is None


def test_an_edge_that_does_not_know_it_is_not_told_in_vain(shop: Service) -> None:
    config = shop.edge.config()
    shop.edge.stage(config.replace("/maintenance)", "/none)"))
    shop.edge.adopt()
    with pytest.raises(EdgeTooOld):
        begin(shop.process(), shop.settings)
    end(shop.process())
    deploy(shop.process(), shop.settings, version="v1", force=True)
    begin(shop.process(), shop.settings)
    assert shop.ask().status == 503


def test_without_an_edge_there_is_nobody_to_turn_away(tmp_path: Path) -> None:
    empty = Service(tmp_path / "shop")
    with pytest.raises(NothingDeployed):
        begin(empty.process(), empty.settings)
