"""Going back: to what, from which state, and what the command leaves behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy
from hitless.deploy.doctor import examine
from hitless.deploy.down import down
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback, target
from hitless.deploy.standing import observe
from hitless.domain.errors import (
    ConfigInvalid,
    DeployFailed,
    EngineUnreachable,
    ImageMissing,
    NoRollbackTarget,
    NothingDeployed,
    RunElsewhere,
)
from hitless.domain.journal import Kind, Outcome
from hitless.domain.slot import Slot
from testing.faults import sabotage
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which nothing was released."""
    return Service(tmp_path / "shop")


@pytest.fixture
def two(shop: Service) -> Service:
    """v1 in blue, hot; v2 serves from green."""
    release(shop, "one", "v1")
    release(shop, "two", "v2")
    return shop


def release(service: Service, text: str, version: str) -> None:
    service.make(text)
    deploy(service.process(), service.settings, version=version)


def test_a_hot_rollback_only_moves_traffic_and_workers(two: Service) -> None:
    with sabotage(two) as watched:
        done = rollback(two.process(), wait=True)
    assert_legal(two)
    assert two.ask().body == b"hello one api"
    assert not [w for w in watched.seen if w.startswith(("create", "remove", "build", "HUP"))]
    assert done.deploy
    assert (done.deploy.kind, done.deploy.outcome) == (Kind.ROLLBACK, Outcome.LIVE)
    assert not two.edge.fallback()


def test_a_stopped_release_is_started_again(two: Service) -> None:
    for name in ("shop-blue-api", "shop-blue-site"):
        two.engine.stop(name, 1.0)
    assert target(two.process())[1] == "warm"
    rollback(two.process(), wait=True)
    assert_legal(two)
    assert two.ask().body == b"hello one api"


def test_a_paused_release_is_woken(two: Service) -> None:
    for box in two.machine.boxes.values():
        box.paused = box.name.startswith("shop-blue-")
    rollback(two.process(), wait=True)
    assert_legal(two)


def test_a_release_without_containers_is_made_again_from_its_images(two: Service) -> None:
    release(two, "three", "v3")
    assert target(two.process(), "v1")[1] == "cold"
    rollback(two.process(), to="v1", wait=True)
    assert_legal(two)
    assert two.ask().body == b"hello one api"


def test_a_release_of_another_shape_comes_back_to_its_own_addresses(shop: Service) -> None:
    release(shop, "one", "v1")
    wider = {"api": SETTINGS.web["api"]._replace(replicas=2), "site": SETTINGS.web["site"]}
    shop.settings = SETTINGS._replace(web=wider)
    release(shop, "two", "v2")
    release(shop, "three", "v3")
    rollback(shop.process(), to="v1", wait=True)
    assert_legal(shop)
    assert [shop.ask(path).body for path in ("/", "/api/x")] == [
        b"hello one site",
        b"hello one api",
    ]


def test_the_target_is_what_the_active_release_replaced(two: Service) -> None:
    assert target(two.process())[0].version == "v1"
    assert target(two.process())[1] == "hot"
    release(two, "three", "v3")
    assert target(two.process())[0].version == "v2"
    rollback(two.process(), wait=True)
    assert target(two.process())[0].version == "v1"


def test_a_release_is_found_by_version_and_by_id(two: Service) -> None:
    first = two.store.releases()[-1]
    assert target(two.process(), "v1")[0] == first
    assert target(two.process(), first.id)[0] == first
    with pytest.raises(NoRollbackTarget, match="no release 'v9' is kept here"):
        target(two.process(), "v9")


def test_the_active_release_is_no_target(two: Service) -> None:
    done = rollback(two.process(), to="v2")
    assert done.deploy is None
    assert len(two.store.deploys(9)) == 2


def test_behind_the_first_release_there_is_nothing(shop: Service) -> None:
    with pytest.raises(NothingDeployed, match="nothing was deployed"):
        rollback(shop.process())
    release(shop, "one", "v1")
    with pytest.raises(NoRollbackTarget, match="is the first one here"):
        rollback(shop.process())
    down(shop.process())
    with pytest.raises(NothingDeployed, match="no release of 'shop' serves"):
        rollback(shop.process())


def test_a_rollback_to_a_release_that_cannot_serve_stays_where_it_is(two: Service) -> None:
    for box in two.machine.boxes.values():
        if box.name == "shop-blue-api":
            box.app = App(breaks_after=0.0)
    with pytest.raises(DeployFailed, match="not ready after 20 s") as caught:
        rollback(two.process())
    assert caught.value.exit_status == 20
    assert two.ask().body == b"hello two api"


def test_users_of_a_dead_release_have_its_backup_until_the_flag_chooses_another(
    two: Service,
) -> None:
    two.engine.stop(two.engine.inspect("shop-green-api").id, 0)
    got = [two.ask().status]
    two.machine.on_change.append(lambda _what, _done: got.append(two.ask().status))
    rollback(two.process(), wait=True)
    assert set(got) == {200}
    assert not two.edge.fallback()


def test_what_a_release_went_through_long_ago_does_not_keep_it_from_coming_back(
    two: Service,
) -> None:
    for box in two.machine.boxes.values():
        if box.name == "shop-blue-api":
            box.app = replace(box.app, crashes_after=1000.0)
    two.clock.sleep(1500.0)
    assert two.engine.inspect("shop-blue-api").restarts == 1
    rollback(two.process(), wait=True)
    assert two.ask().body == b"hello one api"


def test_the_command_returns_before_the_workers_and_the_next_one_finishes(two: Service) -> None:
    done = rollback(two.process())
    assert two.ask().body == b"hello one api"
    assert "shop-green-worker" in two.names()
    assert done.deploy
    assert two.store.deploy(done.deploy.id).outcome is Outcome.RUNNING
    ended = recover(two.process())
    assert ended
    assert ended[1] is Outcome.LIVE
    assert_legal(two)


def test_the_process_behind_hands_the_workers_over_and_ends(two: Service) -> None:
    two.child = True
    with pytest.raises(SystemExit) as caught:
        rollback(two.process())
    assert caught.value.code == 0
    assert_legal(two)


def test_without_workers_nothing_goes_on_behind(shop: Service) -> None:
    shop.settings = SETTINGS._replace(workers={}, ignore=("worker",))
    release(shop, "one", "v1")
    release(shop, "two", "v2")
    rollback(shop.process())
    assert_legal(shop)


def test_forward_again_after_a_rollback(two: Service) -> None:
    rollback(two.process(), wait=True)
    rollback(two.process(), to="v2", wait=True)
    assert two.ask().body == b"hello two api"
    assert_legal(two)


def test_what_serves_is_told_by_flags_and_labels(two: Service) -> None:
    standing = observe(two.process(), "shop")
    assert standing.active is Slot.GREEN
    assert standing.active_release == two.store.releases()[0].id
    assert standing.edge
    two.edge.set_closed(closed=True)
    assert observe(two.process(), "shop").active is None
    two.engine.remove("shop-edge")
    assert observe(two.process(), "shop").active is None


def test_a_service_that_is_run_from_another_directory_is_refused(
    two: Service, tmp_path: Path
) -> None:
    world = two.process()._replace(home=tmp_path / "other" / ".hitless")
    with pytest.raises(RunElsewhere, match="is run from"):
        observe(world, "shop")


def test_down_removes_what_was_made_and_keeps_the_data(two: Service) -> None:
    removed = down(two.process())
    assert removed[0] == "shop-edge"
    assert {"shop-green-api", "shop-shared-db-1", "shop-net", "shop-blue"} <= set(removed)
    assert (two.machine.boxes, two.machine.networks) == ({}, {})
    assert set(two.machine.volumes) == {"shop_data"}
    assert two.engine.images("hitless/shop/")
    assert down(two.process()) == ()


def test_down_removes_data_and_images_when_it_is_told_to(two: Service) -> None:
    removed = down(two.process(), volumes=True, images=True)
    assert "shop_data" in removed
    assert not two.machine.volumes
    assert not two.engine.images("hitless/shop/")


def test_down_without_a_deploy_is_told(shop: Service) -> None:
    with pytest.raises(NothingDeployed):
        down(shop.process())


def test_doctor_finds_all_that_is_wrong_at_once(shop: Service) -> None:
    shop.engine.broken = EngineUnreachable("no engine", "start it")
    shop.host.free = 1

    def config() -> str:
        raise ConfigInvalid("2 mistakes", "look", ("line 1", "line 2"))

    found = {one.name: one for one in examine(shop.process(), config)}
    assert [name for name, one in found.items() if not one.ok] == ["engine", "disk", "hitless.yaml"]
    assert (found["engine"].found, found["engine"].hint) == ("no engine", "start it")
    assert found["hitless.yaml"].found == "2 mistakes; line 1; line 2"


def test_doctor_is_content_with_a_right_machine(two: Service) -> None:
    found = examine(two.process(), lambda: "service shop")
    assert all(one.ok for one in found)
    assert found[-1].found == "service shop"
    rollback(two.process())
    assert "deploy d3 has not ended" in str(examine(two.process(), lambda: ""))


def with_snippet(service: Service, text: str) -> None:
    (service.directory / "own.conf").write_text(text)
    proxy = SETTINGS.proxy._replace(include=("own.conf",))
    service.settings = SETTINGS._replace(proxy=proxy)


def test_a_release_comes_back_with_its_own_snippets_of_nginx(shop: Service) -> None:
    with_snippet(shop, "add_header X-Old yes;")
    release(shop, "one", "v1")
    with_snippet(shop, "add_header X-New yes;")
    release(shop, "two", "v2")
    with sabotage(shop) as watched:
        rollback(shop.process(), wait=True)
    assert watched.seen.count("HUP shop-edge") == 1
    assert "X-Old" in shop.edge.config()
    assert "X-New" not in shop.edge.config()
    assert_legal(shop)
    rollback(shop.process(), to="v2", wait=True)
    assert "X-New" in shop.edge.config()


def test_a_rollback_that_fails_leaves_the_snippets_of_the_active_release(shop: Service) -> None:
    with_snippet(shop, "add_header X-Old yes;")
    release(shop, "one", "v1")
    with_snippet(shop, "add_header X-New yes;")
    release(shop, "two", "v2")
    for box in shop.machine.boxes.values():
        if box.name == "shop-blue-api":
            box.app = App(breaks_after=0.0)
    with pytest.raises(DeployFailed):
        rollback(shop.process())
    assert "X-New" in shop.edge.config()
    assert shop.ask().body == b"hello two api"


def test_what_comes_back_is_the_image_that_was_released_whatever_its_tag_says(
    two: Service,
) -> None:
    release(two, "three", "v3")
    first = two.store.find_release("v1")
    assert first
    two.engine.tag(first.images["site"], first.tag("api"))
    rollback(two.process(), to="v1", wait=True)
    assert two.ask().body == b"hello one api"


def test_a_version_means_its_build_that_served_not_a_later_one_that_failed_its_gates(
    two: Service,
) -> None:
    two.make("one again", App(breaks_after=0.0))
    with pytest.raises(DeployFailed):
        deploy(two.process(), two.settings, version="v1")
    rollback(two.process(), to="v1", wait=True)
    assert two.ask().body == b"hello one api"


def test_an_image_that_is_gone_is_told_before_anything_is_touched(two: Service) -> None:
    release(two, "three", "v3")
    first = two.store.find_release("v1")
    assert first
    for name in [n for n, image in two.machine.images.items() if image == first.images["api"]]:
        del two.machine.images[name]
    with pytest.raises(ImageMissing, match="of service 'api' of v1") as caught:
        rollback(two.process(), to="v1")
    assert caught.value.exit_status == 20
    assert two.ask().body == b"hello three api"
