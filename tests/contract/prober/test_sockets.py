"""WebSockets come back after a goodbye, and whatever else happens to them counts."""

from __future__ import annotations

import itertools
import json
import socket
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed

from hitless.domain.traffic import Request, Traffic, TrafficKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.sync.server import ServerConnection

    from tests.contract.prober.conftest import Probe, Talk, Wire

    OpenWire = Callable[[Talk], Wire]

EVERY = 0.02


def held(port: int, sockets: int = 3, path: str = "/ws") -> Traffic:
    asked = Request(TrafficKind.WEBSOCKET, path, sockets=sockets)
    return Traffic(port=port, rps=1, requests=(asked,))


def say(connection: ServerConnection, event: int) -> bool:
    """Send an event; says whether the client is still there."""
    try:
        connection.send(json.dumps({"id": event}))
        connection.recv(timeout=EVERY)
    except TimeoutError:
        return True
    except ConnectionClosed:
        return False
    return True


def steady(connection: ServerConnection, after: int) -> None:
    for event in itertools.count(after + 1):
        if not say(connection, event):
            return


def leaving(code: int) -> Talk:
    """Closes each connection with a code after twenty events."""

    def talk(connection: ServerConnection, after: int) -> None:
        for event in range(after + 1, after + 21):
            if not say(connection, event):
                return
        connection.close(code)

    return talk


def test_held_sockets_receive_messages_and_nothing_is_missing(wire: OpenWire, probe: Probe) -> None:
    evidence = probe(held(wire(steady).port), lambda seen: seen.messages >= 100)
    assert (evidence.sent, evidence.failed, evidence.repeated) == (3, 0, 0)


@pytest.mark.parametrize("code", [1000, 1001, 1012])
def test_a_goodbye_is_followed_by_a_return_that_asks_for_what_was_missed(
    wire: OpenWire, probe: Probe, code: int
) -> None:
    server = wire(leaving(code))
    evidence = probe(held(server.port), lambda seen: seen.reconnected >= 6)
    assert (evidence.failed, evidence.repeated) == (0, 0)
    assert evidence.sent == 3 + evidence.reconnected
    assert 19 in server.afters
    assert 39 in server.afters


def test_the_last_event_joins_a_query_that_is_there(wire: OpenWire, probe: Probe) -> None:
    server = wire(leaving(1012))
    probe(held(server.port, path="/ws?room=1"), lambda seen: seen.reconnected >= 3)
    assert 19 in server.afters


@pytest.mark.parametrize("code", [1008, 1011, 1013])
def test_a_close_with_an_error_code_is_a_failure(wire: OpenWire, probe: Probe, code: int) -> None:
    evidence = probe(held(wire(leaving(code)).port), lambda seen: seen.failed >= 3)
    assert evidence.reconnected == 0
    assert {f.reason for f in evidence.failures} == {f"socket closed with code {code}"}


def test_a_socket_cut_without_a_word_is_a_failure(wire: OpenWire, probe: Probe) -> None:
    def cut(connection: ServerConnection, _: int) -> None:
        say(connection, 0)
        connection.socket.shutdown(socket.SHUT_RDWR)

    evidence = probe(held(wire(cut).port), lambda seen: seen.failed >= 3)
    assert evidence.failures[0].reason == "socket closed with code 1006"


def test_a_socket_that_cannot_return_is_a_failure(closed_port: int, probe: Probe) -> None:
    evidence = probe(held(closed_port, sockets=1), lambda seen: seen.failed >= 1)
    assert "no socket within 5 s" in evidence.failures[0].reason


def test_a_message_that_only_others_got_is_a_failure(wire: OpenWire, probe: Probe) -> None:
    deaf = iter([True])

    def talk(connection: ServerConnection, after: int) -> None:
        skip = 10 if next(deaf, False) else None
        for event in itertools.count(after + 1):
            if event != skip and not say(connection, event):
                return

    evidence = probe(held(wire(talk).port), lambda seen: seen.failed >= 1)
    assert [f.reason for f in evidence.failures] == ["message 10 never came"]


def test_a_number_that_nobody_got_is_no_failure(wire: OpenWire, probe: Probe) -> None:
    def talk(connection: ServerConnection, after: int) -> None:
        for event in itertools.count(after + 1):
            if event % 3 and not say(connection, event):
                return

    evidence = probe(held(wire(talk).port), lambda seen: seen.messages >= 100)
    assert evidence.failed == 0


def test_a_message_that_comes_twice_is_counted(wire: OpenWire, probe: Probe) -> None:
    def talk(connection: ServerConnection, after: int) -> None:
        for event in itertools.count(after + 1):
            if not (say(connection, event) and say(connection, event)):
                return

    evidence = probe(held(wire(talk).port), lambda seen: seen.repeated >= 20)
    assert evidence.failed == 0
