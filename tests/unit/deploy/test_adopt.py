"""A stack under plain Compose is taken over, or runs on as it did."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.adapters.memory.prober import MemoryProber
from hitless.deploy.adopt import adopt, plan_adoption
from hitless.deploy.deploy import deploy
from hitless.deploy.hold import hold
from hitless.deploy.plain import NOTE, end_adoption
from hitless.deploy.recover import recover
from hitless.domain.errors import CannotAdopt, HitlessError
from testing.faults import Died, Fault, sabotage
from testing.legal import assert_legal
from testing.service import BUILT, SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.deploy.adopt import Adopted

LONG_RUNNING = ("nginx", "api", "site", "worker", "db")


def plain(directory: Path, **apps: App) -> Service:
    """A machine on which plain Compose runs the stack of hitless.yaml."""
    service = Service(directory)
    service.machine.remote["nginx:1"] = App(text="plain", port=8080)
    service.compose.pull(directory, ("compose.yml",), "v0", ("nginx", "db"))
    service.compose.build(directory, ("compose.yml",), "v0", BUILT)
    for name, app in apps.items():
        service.machine.add_image(f"shop/{name}:v0", app)
    service.machine.volumes["shop_data"] = ""
    document = service.compose.resolve(directory, ("compose.yml",), "v0")
    document["networks"] = {"default": {"name": "shop_default"}}
    for one in document["services"].values():
        one["networks"] = {"default": None}
    model = directory / "plain.json"
    model.write_text(json.dumps(document))
    service.compose.up("shop", model, LONG_RUNNING)
    service.make("two")
    return service


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    return plain(tmp_path / "shop")


def old(service: Service) -> dict[str, str]:
    return {one.name: one.state for one in service.engine.project("shop")}


def taken_over(service: Service) -> Adopted:
    world = service.process()
    witness = MemoryProber(service.clock, service.http)
    return adopt(world, service.settings, witness, version="v1")


def test_a_dry_run_names_what_stops_and_what_is_kept(shop: Service) -> None:
    before = old(shop)
    told = plan_adoption(shop.process(), shop.settings)
    assert told.stops == (
        "shop-nginx-1", "shop-api-1", "shop-site-1", "shop-worker-1", "shop-db-1",
    )  # fmt: skip
    assert (told.project, told.volumes, told.left) == ("shop", ("shop_data",), ())
    assert old(shop) == before
    assert shop.ask().body == b"plain"


def test_the_successor_serves_and_the_gap_was_measured(shop: Service) -> None:
    assert shop.ask().body == b"plain"
    found = taken_over(shop)
    assert shop.ask().body == b"hello two api"
    assert_legal(shop)
    assert old(shop) == {}
    assert "shop_default" not in shop.machine.networks
    assert found.failed > 0
    assert found.gap_ms > 0
    last = shop.store.entries("d1")[-1]
    assert (last.step, last.detail["gap_ms"]) == ("adopt", found.gap_ms)
    assert not (shop.process().home / NOTE).exists()


def test_the_next_deploy_has_no_gap(shop: Service) -> None:
    taken_over(shop)
    shop.make("three")
    done = deploy(shop.process(), shop.settings, version="v2")
    assert done.evidence
    assert done.evidence.failed == 0
    assert shop.ask().body == b"hello three api"


@pytest.mark.parametrize("app", [replace(App(), starts_in=1000.0), App(crashes_after=0.1)])
def test_a_release_that_does_not_serve_leaves_the_old_stack_running(
    shop: Service, app: App
) -> None:
    before = old(shop)
    shop.make("bad", app)
    with pytest.raises(HitlessError):
        taken_over(shop)
    assert old(shop) == before
    assert set(before.values()) == {"running"}
    assert shop.ask().body == b"plain"
    assert shop.names() == set(before)
    assert not (shop.process().home / NOTE).exists()
    shop.make("good")
    taken_over(shop)
    assert shop.ask().body == b"hello good api"


def test_data_without_a_name_is_not_left_behind(tmp_path: Path) -> None:
    shop = Service(tmp_path / "shop")
    shop.model["services"]["db"]["volumes"] = [{"type": "volume", "source": "", "target": "/data"}]
    shop = plain_with(shop)
    before = old(shop)
    with pytest.raises(CannotAdopt, match="cannot be taken over") as caught:
        taken_over(shop)
    assert len(caught.value.details) == 1
    assert "shop-db-1 keeps data in a volume without a name at /data" in caught.value.details[0]
    assert old(shop) == before
    for box in shop.machine.boxes.values():
        box.app = replace(box.app, data="")
    plan_adoption(shop.process(), shop.settings)


def plain_with(changed: Service) -> Service:
    """The stack with the model of another service, and a file in every volume."""
    service = plain(changed.directory)
    for box in service.machine.boxes.values():
        box.app = replace(box.app, data="base\n")
        box.wish = {**box.wish, **changed.model["services"][box.service]}
    return service


def test_where_nothing_runs_there_is_nothing_to_adopt(tmp_path: Path) -> None:
    service = Service(tmp_path / "shop")
    with pytest.raises(CannotAdopt, match="no container of the Compose project 'shop' runs"):
        taken_over(service)


def test_what_hitless_releases_already_is_not_adopted(shop: Service) -> None:
    taken_over(shop)
    with pytest.raises(CannotAdopt, match="is a service of Hitless already"):
        taken_over(shop)


def test_an_ignored_service_stays_where_it_is(shop: Service) -> None:
    quiet = SETTINGS._replace(workers={}, ignore=("worker",))
    shop.settings = quiet
    told = plan_adoption(shop.process(), quiet)
    assert told.left == ("shop-worker-1",)
    taken_over(shop)
    assert old(shop) == {"shop-worker-1": "running"}
    assert "shop_default" in shop.machine.networks


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many single changes taking over makes."""
    service = plain(tmp_path_factory.mktemp("count") / "shop")
    with sabotage(service) as saboteur:
        taken_over(service)
    return len(saboteur.seen)


@pytest.mark.parametrize("tenth", range(10))
def test_wherever_it_dies_recovery_leaves_one_stack_that_serves(
    tmp_path: Path, changes: int, tenth: int
) -> None:
    shop = plain(tmp_path / "shop")
    before = old(shop)
    with sabotage(shop, Fault.KILLED, changes * tenth // 10), pytest.raises(Died):
        taken_over(shop)
    shop.lock.holder = ""
    with hold(shop.process(), "recover") as world:
        recover(world)
        end_adoption(world)
    assert not (shop.process().home / NOTE).exists()
    if shop.ask().body == b"plain":
        assert old(shop) == before
        assert shop.names() == set(before)
    else:
        assert shop.ask().body == b"hello two api"
        assert_legal(shop)
        assert old(shop) == {}


@pytest.mark.parametrize("tenth", [2, 5, 8])
def test_a_signal_brings_the_old_stack_back(tmp_path: Path, changes: int, tenth: int) -> None:
    shop = plain(tmp_path / "shop")
    before = old(shop)
    with sabotage(shop, Fault.SIGNALLED, changes * tenth // 10), pytest.raises(HitlessError):
        taken_over(shop)
    assert shop.ask().body == b"plain"
    assert old(shop) == before
