"""Maintenance in real nginx, and the same from the fake: users get a page, others the service."""

from __future__ import annotations

import http.client
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from hitless.deploy.maintenance import KNOWN_BY
from hitless.domain.maintenance import Maintenance
from testing.ground import MemoryGround
from tests.contract.test_edge import KEY, Stage, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.answer import Answer

__all__ = ["running"]  # the fixture of the edge, in front of one container in each slot
PAGE = "<h1>Closed for 20 minutes: $5 &amp; {tea}</h1>"
REAL = pytest.mark.parametrize(
    "running", [pytest.param("real", marks=pytest.mark.docker)], indirect=True
)
BEGUN = Maintenance(since=1.0, actor="me@here", reason="disk")


@pytest.fixture
def stage(running: Stage) -> Iterator[Stage]:
    running.edge.set_maintenance(BEGUN, PAGE)
    yield running
    running.edge.set_maintenance(None)
    running.edge.set_closed(closed=False)


@pytest.fixture
def nginx(stage: Stage) -> Stage:
    """The real one: the fake knows GET alone."""
    assert not isinstance(stage.ground, MemoryGround)
    return stage


def user(stage: Stage, path: str = "/", **headers: str) -> Answer:
    port = stage.ground.engine.inspect(f"{stage.ground.service}-edge").ports[8080]
    return stage.ground.http.get(port, path, headers)


def raw(
    stage: Stage, method: str, headers: dict[str, str], body: str = ""
) -> tuple[int, str | None, str]:
    port = stage.ground.engine.inspect(f"{stage.ground.service}-edge").ports[8080]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request(method, "/any/path", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Retry-After"], answer.read().decode()


def test_users_get_the_page_with_the_time_to_come_again(stage: Stage) -> None:
    for path in ("/", "/assets/old.js", "/deep/path?x=1"):
        answer = user(stage, path)
        assert (answer.status, answer.body.decode()) == (503, PAGE)
        assert answer.headers["retry-after"] == "60"
        assert answer.headers["content-type"].startswith("text/html")


def test_the_preview_and_who_knows_the_key_get_the_service(stage: Stage) -> None:
    assert stage.control() == (200, "green", "green")
    assert stage.public() == (200, "blue", "blue")
    assert user(stage, **{"X-Hitless-Key": "guess"}).status == 503
    assert user(stage, **KEY).upstream == stage.layout.addresses.of(stage.edge.active(), 0)


def test_the_edge_itself_is_healthy_whatever_users_get(stage: Stage) -> None:
    assert user(stage, "/.hitless/health").status == 200
    stage.edge.set_maintenance(None)
    assert user(stage, "/.hitless/health").status == 200
    stage.edge.set_closed(closed=True)
    assert user(stage, "/.hitless/health").status == 200


def test_before_the_first_cutover_nobody_gets_through(stage: Stage) -> None:
    stage.edge.set_closed(closed=True)
    assert stage.public()[0] == 503
    assert PAGE not in user(stage).body.decode()


def test_nothing_behind_the_prefix_of_the_edge_reaches_the_service(stage: Stage) -> None:
    for path in ("/.hitless/", "/.hitless/x", "/.hitless/at/blue/api/", "/.hitless/maintenance"):
        assert user(stage, path).status == 404


def test_its_end_is_the_end(stage: Stage) -> None:
    stage.edge.set_maintenance(None)
    assert user(stage).status == 200
    stage.edge.set_maintenance(None)


def test_who_began_it_can_be_read(stage: Stage) -> None:
    assert stage.edge.maintenance() == BEGUN


def test_the_configuration_tells_that_it_knows_the_flag(stage: Stage) -> None:
    assert KNOWN_BY in stage.config


@REAL
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_whatever_is_asked_is_answered_by_the_page(nginx: Stage, method: str) -> None:
    assert raw(nginx, method, {}, "x" * 10_000) == (503, "60", PAGE)


@REAL
def test_a_websocket_is_refused_with_the_page(nginx: Stage) -> None:
    opening = {
        "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
    }  # fmt: skip
    assert raw(nginx, "GET", opening) == (503, "60", PAGE)
