"""A slot is emptied without waiting for WebSockets: they are told apart from requests."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from websockets.sync.client import connect

from hitless.domain.connections import InFlight, in_flight
from hitless.domain.slot import Addresses
from tests.e2e.support.project import engine

if TYPE_CHECKING:
    from tests.e2e.support.project import Project

pytestmark = pytest.mark.quiet
IDLE_CLOSED_WITHIN = 15.0  # nginx closes idle connections to a slot after 4 s


def test_a_websocket_is_no_open_request_whatever_was_asked_before_it(tracker: Project) -> None:
    """A page asks the API for its data first, so that there are connections to take over."""
    with ThreadPoolExecutor(8) as pool:
        assert all(answer.ok for answer in pool.map(tracker.ask, ["/api/version"] * 32))
    with connect(f"ws://127.0.0.1:{tracker.port}/ws") as socket:
        assert socket.recv(timeout=10)
        deadline = time.monotonic() + IDLE_CLOSED_WITHIN
        while (seen := under_way(tracker)).requests and time.monotonic() < deadline:
            time.sleep(0.2)
        assert seen == InFlight(requests=0, websockets=1)


def under_way(project: Project) -> InFlight:
    """What the edge has open towards the slot that serves."""
    edge = project.containers()[f"{project.service}-edge"]
    table = engine().run_in(edge.id, ("cat", "/proc/net/tcp"))
    subnet = project.done("plan", "--json").document["subnet"]
    return in_flight(table.text, project.edge.active(), Addresses(subnet))
