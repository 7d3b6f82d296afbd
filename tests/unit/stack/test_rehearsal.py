"""A copy of a stack has names, volumes and ports of its own, and shares nothing it may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hitless.domain.settings import Canary, Channel, Proxy, Route, Strategy
from hitless.stack.own_edge import with_edge
from hitless.stack.projects import public_port, volume_names
from hitless.stack.rehearsal import Place, copied, obstacles, published, with_own_images
from testing.service import MODEL, PORT, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

PORTS = {PORT: 20_001}
FILE: Callable[[str], Place] = lambda _path: Place.FILE  # noqa: E731  # a value among others


def with_service(name: str, **parts: Any) -> dict[str, Any]:
    services = MODEL["services"]
    return {**MODEL, "services": {**services, name: {**services[name], **parts}}}


def bind(source: str, *, read_only: bool = False) -> dict[str, Any]:
    return {"type": "bind", "source": source, "target": "/x", "read_only": read_only}


def found(model: dict[str, Any], place: Place = Place.DIRECTORY) -> list[str]:
    return list(obstacles(model, SETTINGS, lambda _path: place))


def test_its_name_is_the_beginning_of_all_that_belongs_to_it() -> None:
    model, own = copied(MODEL, SETTINGS, PORTS)
    assert (own.service, model["name"], own.subnet) == ("shop-rehearsal", "shop-rehearsal", None)
    assert volume_names(model, own) == ("shop-rehearsal_data",)
    assert public_port(model, own)[:2] == ("127.0.0.1", 20_001)


def test_the_model_that_it_is_made_from_stays_as_it_is() -> None:
    before = repr(MODEL)
    copied(MODEL, SETTINGS, PORTS)
    assert repr(MODEL) == before


def test_a_volume_of_somebody_else_becomes_an_empty_one_too() -> None:
    volumes = {"data": {"name": "the-real-one", "external": True}}
    model, own = copied({**MODEL, "volumes": volumes}, SETTINGS, PORTS)
    assert model["volumes"] == {"data": {"name": f"{own.service}_data"}}


def test_nobody_is_told_no_hook_runs_and_nobody_waits_for_a_canary() -> None:
    loud = SETTINGS._replace(
        hooks={"pre-deploy": "./hook"},
        notify=(Channel(url="https://example.com"),),
        strategy=Strategy(Canary()),
        keep_hot=False,
    )
    _, own = copied(MODEL, loud, PORTS)
    assert (own.hooks, own.notify, own.strategy.canary, own.keep_hot) == ({}, (), None, True)


def test_accessories_publish_nothing_and_nobody_finds_containers_by_their_labels() -> None:
    port = {"target": 5432, "published": "5432", "protocol": "tcp"}
    model = with_service("db", ports=[port], labels={"traefik.enable": "true"})
    model, _ = copied(model, SETTINGS, PORTS)
    assert model["services"]["db"]["ports"] == []
    assert "labels" not in model["services"]["db"]


def test_what_is_mounted_of_this_machine_is_not_written() -> None:
    model, _ = copied(with_service("api", volumes=[bind("/etc/api.conf")]), SETTINGS, PORTS)
    assert model["services"]["api"]["volumes"] == [bind("/etc/api.conf", read_only=True)]


def test_an_edge_of_hitless_moves_with_the_ports_that_its_routes_name() -> None:
    routes = (Route("/", "site"), Route("/api/", "api", port=9000))
    proxy = Proxy("hitless-edge", routes, port=18_080, address="10.1.2.3")
    settings = SETTINGS._replace(proxy=proxy)
    model = with_edge(MODEL, proxy)
    assert published(model, settings) == (9000, 18_080)
    model, own = copied(model, settings, {9000: 20_001, 18_080: 20_002})
    assert (own.proxy.port, own.proxy.routes[1].port, own.proxy.address) == (
        20_002, 20_001, "127.0.0.1",
    )  # fmt: skip
    ports = model["services"]["hitless-edge"]["ports"]
    assert [(p["published"], p["host_ip"]) for p in ports] == [
        ("20002", "127.0.0.1"), ("20001", "127.0.0.1"),
    ]  # fmt: skip


def test_what_is_built_gets_names_of_the_copy_once_for_each_image() -> None:
    model, own = copied(with_service("worker", image="shop/api:1", build=None), SETTINGS, PORTS)
    model["services"]["api"]["image"] = "shop/api:1"
    services = with_own_images(model, own, "after")["services"]
    assert services["api"]["image"] == "shop-rehearsal/api:after"
    assert services["worker"]["image"] == "shop-rehearsal/api:after"
    assert services["site"]["image"] == "shop-rehearsal/site:after"
    assert services["db"]["image"] == "db:1", "what is pulled keeps its name"


@pytest.mark.parametrize("name", ["api", "worker", "migrate", "db"])
@pytest.mark.parametrize("place", [Place.DIRECTORY, Place.ABSENT, Place.SPECIAL])
def test_what_a_service_may_write_of_this_machine_is_an_obstacle(name: str, place: Place) -> None:
    (told,) = found(with_service(name, volumes=[bind("/srv/data")]), place)
    assert repr(name) in told
    assert "/srv/data" in told


def test_what_it_only_reads_is_none() -> None:
    assert found(with_service("db", volumes=[bind("/srv/init", read_only=True)])) == []
    assert found(with_service("db", volumes=[bind("/srv/init.sql")]), Place.FILE) == []
    assert found(with_service("nginx", volumes=[bind("/srv/certs")])) == []


def test_the_engine_behind_a_socket_is_the_real_one_also_for_who_only_reads_it() -> None:
    socket = bind("/var/run/docker.sock", read_only=True)
    (told,) = found(with_service("nginx", volumes=[socket]), Place.SPECIAL)
    assert "a socket or device" in told


@pytest.mark.parametrize(
    "parts",
    [{"volumes_from": ["container:real"]}, {"network_mode": "host"}],
    ids=lambda parts: next(iter(parts)),
)
def test_the_ways_into_other_containers_are_obstacles(parts: dict[str, Any]) -> None:
    assert len(found(with_service("db", **parts))) == 1


def test_a_database_outside_is_an_obstacle_until_it_is_allowed() -> None:
    model = with_service("api", environment={"DATABASE_URL": "postgres://u:secret@db.real/x"})
    (told,) = found(model)
    assert "'api' uses db.real outside the stack by DATABASE_URL" in told
    assert "secret" not in told
    assert list(obstacles(model, SETTINGS, FILE, ("db.real",))) == []


def test_what_hitless_leaves_alone_is_not_looked_at() -> None:
    model = {**MODEL, "services": {**MODEL["services"], "cron": {"volumes": [bind("/srv")]}}}
    assert found(model) == []
