"""A project without nginx gets an edge that no Compose file contains."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from hitless.config.load import parse
from hitless.deploy.deploy import deploy, make_plan
from hitless.domain.container import Role
from hitless.domain.errors import ConfigInvalid, ImageMissing, PortTaken, StackUnsuitable
from hitless.domain.settings import Proxy, Route
from hitless.domain.slot import Slot
from hitless.stack.edge import render
from hitless.stack.layout import Layout
from hitless.stack.own_edge import further_ports, listeners, with_edge
from testing.service import MODEL, PORT, SETTINGS, SUBNET, Service

if TYPE_CHECKING:
    from pathlib import Path

OWN = SETTINGS._replace(
    proxy=SETTINGS.proxy._replace(service="hitless-edge", port=PORT, image="nginx:1"),
)
HEAD = "service: shop\nweb: {site: {port: 80, ready: /}, api: {port: 81, ready: /}}\n"


@pytest.fixture
def bare(tmp_path: Path) -> Service:
    """The shop without an nginx of its own."""
    services = {name: one for name, one in MODEL["services"].items() if name != "nginx"}
    return Service(tmp_path / "shop", OWN, {**MODEL, "services": services})


def test_a_project_without_a_proxy_is_released_behind_an_edge_of_its_own(bare: Service) -> None:
    assert deploy(bare.process(), bare.settings, version="v1").release.version == "v1"
    (edge,) = (c for c in bare.engine.containers("shop") if c.role == Role.EDGE)
    assert edge.ports[8080] == PORT
    assert bare.ask("/api/version").status == 200
    second = deploy(bare.process(), bare.settings, version="v2").release
    assert bare.ask("/api/version").release == second.id


def test_the_plan_names_the_edge_and_the_compose_file_stays_as_it_is(bare: Service) -> None:
    before = (bare.directory / "compose.yml").read_text()
    assert make_plan(bare.process(), bare.settings).projects["shop-edge"] == ("hitless-edge",)
    assert (bare.directory / "compose.yml").read_text() == before


def test_the_edges_image_is_pulled_by_name(bare: Service) -> None:
    bare.machine.remote.pop("nginx:1")
    with pytest.raises(ImageMissing, match="nginx:1"):
        deploy(bare.process(), bare.settings, version="v1")


def test_a_further_port_is_looked_at_before_anything_is_touched(bare: Service) -> None:
    settings = with_route(bare, Route("/", "api", port=9000))
    bare.host.taken = {9000}
    with pytest.raises(PortTaken, match="9000"):
        deploy(bare.process(), settings, version="v1")
    bare.host.taken = set()
    deploy(bare.process(), bare.settings, version="v1")
    with pytest.raises(StackUnsuitable, match="port 9000"):
        deploy(bare.process(), settings, version="v2")


def with_route(service: Service, *routes: Route) -> Any:
    proxy = service.settings.proxy
    return service.settings._replace(proxy=proxy._replace(routes=(*proxy.routes, *routes)))


def test_a_project_with_a_proxy_keeps_it() -> None:
    assert with_edge(MODEL, SETTINGS.proxy) is MODEL
    assert listeners(SETTINGS.proxy) == {}


def test_no_published_port_meets_the_control_listener() -> None:
    routes = (Route("/", "vote"), Route("/", "result", port=8081), Route("/x", "vote", port=8080))
    proxy = Proxy("hitless-edge", routes, port=8080, address="127.0.0.1", image="nginx:1")
    assert listeners(proxy) == {8080: 8080, 8081: 8082}
    assert further_ports(proxy) == {8081: 8082}
    edge = with_edge(MODEL, proxy)["services"]["hitless-edge"]
    assert [(p["host_ip"], p["published"], p["target"]) for p in edge["ports"]] == [
        ("127.0.0.1", "8080", 8080),
        ("127.0.0.1", "8081", 8082),
    ]


def test_each_port_has_the_routes_of_its_own() -> None:
    routes = (Route("/", "site"), Route("/", "api", port=9000))
    settings = OWN._replace(proxy=OWN.proxy._replace(routes=routes))
    both, layout = dict.fromkeys(Slot, settings), Layout("shop", SUBNET)
    config = render(layout, both, 8080, "k", further={9000: 8082})
    servers = config.split("listen ")[1:]
    assert [one.partition(";")[0] for one in servers] == ["8080", "8082", "8081"]
    assert [re.findall(r"proxy_pass http://\$(\w+)", one) for one in servers] == [
        ["route_0"],
        ["route_at_9000_0"],
        ["route_0"],
    ]
    assert "blue api_blue;" in config.partition("$route_at_9000_0 {")[2].partition("}")[0]


@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("{routes: [{path: /, service: site}]}", "or a port for one of Hitless's own"),
        ("{service: n, port: 80, routes: [{path: /, service: site}]}", "leave service out"),
        ("{service: n, routes: [{path: /, service: site, port: 8}]}", "leave service out"),
        ("{port: 80, routes: [{path: /, service: site, port: 81}]}", "no route is on port 80"),
        (
            "{port: 80, routes: [{path: /, service: site}, {path: /, service: api, port: 80}]}",
            "route / is given twice",
        ),
    ],
)
def test_an_edge_that_is_half_described_is_told(proxy: str, told: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        parse(f"{HEAD}proxy: {proxy}\n")
    assert told in "\n".join(caught.value.details)


def test_two_services_may_have_a_port_each() -> None:
    routes = "[{path: /, service: site}, {path: /, service: api, port: 81}]"
    settings = parse(f"{HEAD}proxy: {{port: 80, routes: {routes}}}\n")
    assert listeners(settings.proxy) == {80: 8080, 81: 8082}
    assert settings.proxy.image.startswith("nginxinc/nginx-unprivileged:")
