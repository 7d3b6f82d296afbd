"""What the real client makes of WebSockets that do not speak as hoped."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from hitless.adapters.http_client import LocalHttp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.http11 import Request, Response
    from websockets.sync.server import ServerConnection


def refuse(connection: ServerConnection, request: Request) -> Response | None:
    """Answer with a page where there is no socket."""
    if request.path == "/page":
        return connection.respond(HTTPStatus.OK, "<!doctype html>")
    return None


def speak(connection: ServerConnection) -> None:
    """By path: stay silent until the other side leaves, leave at once, or tell a header."""
    path = connection.request.path if connection.request else ""
    if path == "/silent":
        with suppress(ConnectionClosed):
            connection.recv()
    elif path == "/bytes":
        connection.send(b"\x00\x01")
    elif path == "/header" and connection.request:
        connection.send(connection.request.headers["X-Hitless-Slot"])


@pytest.fixture
def port() -> Iterator[int]:
    """Where such a server listens."""
    with serve(speak, "127.0.0.1", 0, process_request=refuse) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "status", "body", "error"),
    [
        ("/header", 101, b"green", ""),
        ("/bytes", 101, b"\x00\x01", ""),
        ("/silent", 101, b"", "no message within 0.2 s"),
        ("/page", 200, b"<!doctype html>", ""),
        ("/leaves", 0, b"", "ConnectionClosedOK"),
    ],
)
def test_a_websocket_is_opened_and_its_first_message_read(
    port: int, path: str, status: int, body: bytes, error: str
) -> None:
    answer = LocalHttp().first_message(port, path, {"X-Hitless-Slot": "green"}, 0.2)
    assert (answer.status, answer.body) == (status, body)
    assert error in answer.error
    assert bool(error) is bool(answer.error)
