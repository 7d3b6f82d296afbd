"""What is looked at before anything is touched: memory, the clock, changes by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy
from hitless.domain.container import Output
from hitless.domain.errors import AddressesTaken, ConnectionsShort, EdgeRefused, MemoryShort
from hitless.domain.journal import Status
from testing.faults import sabotage
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    """A machine on which v1 serves from blue."""
    shop = Service(tmp_path / "shop")
    deploy(shop.process(), shop.settings, version="v1")
    return shop


def preflight(service: Service, version: str = "v2") -> Mapping[str, Any]:
    """What the preflight of the next deploy wrote down."""
    service.make(version)
    done = deploy(service.process(), service.settings, version=version)
    assert done.deploy
    rows = service.store.entries(done.deploy.id)
    return next(e.detail for e in rows if (e.step, e.status) == ("preflight", Status.DONE))


def test_memory_is_measured_on_the_release_that_serves(serving: Service) -> None:
    facts = preflight(serving)
    assert (facts["memory_mb"], facts["available_mb"]) == (150, 8000)
    assert "odd" not in facts


def test_what_the_slot_still_holds_is_counted_as_available(serving: Service) -> None:
    preflight(serving)
    serving.host.memory = 60_000_000  # and 100 MB in blue, whose worker has stopped
    assert preflight(serving, "v3")["available_mb"] == 160


def test_too_little_memory_is_refused_before_anything_is_touched(serving: Service) -> None:
    serving.host.memory = 149_000_000
    with pytest.raises(MemoryShort, match="takes 150 MB, and only 149 MB") as caught:
        preflight(serving)
    assert "docker stats" in caught.value.hint
    assert serving.ask().body == b"hello one api"
    assert_legal(serving)


def test_before_the_first_release_nothing_is_known_of_memory(tmp_path: Path) -> None:
    shop = Service(tmp_path / "shop")
    shop.host.memory = 0
    deploy(shop.process(), shop.settings, version="v1")
    assert_legal(shop)


def test_a_clock_that_went_back_is_told(serving: Service) -> None:
    serving.clock.wrong_by = -90.0
    assert "s before the end of the last deploy" in preflight(serving)["odd"][0]
    assert_legal(serving)


def test_a_container_that_is_gone_stopped_or_made_anew_is_told(serving: Service) -> None:
    other = serving.machine.add_image("other:1", App(text="hello by hand"))
    for name, box in [(b.name, b) for b in serving.machine.boxes.values()]:
        if name == "shop-blue-site":
            box.image = other
        if name == "shop-blue-worker":
            serving.engine.stop(name, 1.0)
    odd = preflight(serving)["odd"]
    assert [text.partition(" of ")[0] for text in odd] == ["shop-blue-site", "shop-blue-worker"]
    assert "made again from another image" in odd[0]
    assert 'start it with "docker start shop-blue-worker"' in odd[1]
    assert ("say", odd[0]) in serving.reporter.events


def test_a_container_that_was_removed_is_told(serving: Service) -> None:
    serving.engine.remove("shop-blue-worker")
    assert "shop-blue-worker of v1" in preflight(serving)["odd"][0]


def test_a_configuration_of_the_edge_that_was_edited_is_told_and_replaced(
    serving: Service,
) -> None:
    serving.edge.stage(serving.edge.config() + "# mine;\n")
    serving.edge.adopt()
    assert "changed by hand" in preflight(serving)["odd"][0]
    assert "# mine" not in serving.edge.config()


def test_another_container_on_an_address_of_a_slot_is_refused(serving: Service) -> None:
    box = next(b for b in serving.machine.boxes.values() if b.name == "shop-blue-site")
    address = "10.150.7.112"
    serving.machine.boxes["x"] = replace(box, id="x", name="stray", labels={}, address=address)
    with pytest.raises(AddressesTaken, match=f"'stray' has {address}, an address of slot green"):
        preflight(serving)
    del serving.machine.boxes["x"]
    assert_legal(serving)


def test_a_configuration_that_nginx_refuses_ends_the_deploy_before_anything_runs(
    serving: Service,
) -> None:
    (serving.directory / "bad.conf").write_text("gzip on")
    proxy = SETTINGS.proxy._replace(include=("bad.conf",))
    serving.settings = SETTINGS._replace(proxy=proxy)
    with sabotage(serving) as watched, pytest.raises(EdgeRefused):
        preflight(serving)
    assert not [what for what in watched.seen if what.startswith(("create", "HUP", "start"))]
    assert_legal(serving)


def test_the_model_of_what_serves_is_told_when_it_was_edited(serving: Service) -> None:
    release = serving.store.releases()[0].id
    path = serving.directory / ".hitless" / "releases" / release / "blue.json"
    path.write_text(path.read_text().replace("shop-blue-site", "mine"))
    assert f"{path} was changed by hand" in preflight(serving)["odd"][0]


def test_a_model_that_is_no_json_any_more_is_told_too(serving: Service) -> None:
    release = serving.store.releases()[0].id
    path = serving.directory / ".hitless" / "releases" / release / "blue.json"
    path.write_text("{")
    assert "changed by hand" in preflight(serving)["odd"][0]


def postgres(service: Service, answer: Output) -> list[tuple[str, ...]]:
    """From now on the accessory is a Postgres that answers so; what it is asked."""
    asked: list[tuple[str, ...]] = []

    def psql(command: tuple[str, ...]) -> Output:
        asked.append(command)
        return answer

    service.model["services"]["db"]["environment"] = {"POSTGRES_USER": "shop"}
    (service.directory / "compose.yml").write_text(json.dumps(service.model))
    service.machine.inside["shop-shared-db-1"] = psql
    return asked


COUNTED = "limit|100\nreserve|3\n10.150.7.16|{blue}\n10.150.7.112|{green}\nlocal|5\n"


def test_connections_of_a_second_slot_are_counted_by_those_of_the_first(serving: Service) -> None:
    asked = postgres(serving, Output(0, COUNTED.format(blue=46, green=30)))
    assert preflight(serving)["connections db"] == "97 of 97"
    assert asked[0][:2] == ("sh", "-c")
    assert "pg_stat_activity" in asked[0][-1]


@pytest.mark.parametrize(
    ("blue", "declared", "told"),
    [(47, 0, "takes 47, the next one 47, and others 5"), (10, 90, "takes 10, the next one 90")],
)
def test_too_few_connections_are_refused_before_anything_is_touched(
    serving: Service, blue: int, declared: int, told: str
) -> None:
    postgres(serving, Output(0, COUNTED.format(blue=blue, green=0)))
    web = {"api": SETTINGS.web["api"]._replace(connections=declared), "site": SETTINGS.web["site"]}
    serving.settings = SETTINGS._replace(web=web)
    with pytest.raises(ConnectionsShort, match=told) as caught:
        preflight(serving)
    assert "allows 97 connections" in caught.value.message
    assert "raise max_connections" in caught.value.hint
    assert serving.ask().body == b"hello one api"
    assert_legal(serving)


def test_connections_that_cannot_be_counted_are_told_and_stop_nobody(serving: Service) -> None:
    postgres(serving, Output(2, "psql: error: no password"))
    odd = preflight(serving)["odd"]
    assert odd == ["connections of 'db' were not counted: psql: error: no password"]


def test_a_helper_of_postgres_is_not_taken_for_one(serving: Service) -> None:
    postgres(serving, Output(127, "sh: psql: not found"))
    facts = preflight(serving)
    assert "odd" not in facts
    assert "connections db" not in facts
