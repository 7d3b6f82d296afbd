"""What the real client makes of WebSockets that do not speak as hoped."""

from __future__ import annotations

import socket
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Event, Thread
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from hitless.adapters.http_client import LocalHttp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.http11 import Request, Response
    from websockets.sync.server import ServerConnection

PATIENCE = 20.0


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
    patience = 0.2 if path == "/silent" else 30.0  # only silence is to be told by the clock
    answer = LocalHttp().first_message(port, path, {"X-Hitless-Slot": "green"}, patience)
    assert (answer.status, answer.body) == (status, body)
    assert error in answer.error
    assert bool(error) is bool(answer.error)


class Together(ThreadingHTTPServer):
    """Answers the first question when the third is there, and no question for /silent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Patient)
        self.barrier = Barrier(3)


class Patient(BaseHTTPRequestHandler):
    """One question."""

    server: Together

    def log_message(self, *_: object) -> None:
        """Nobody reads that."""

    def do_GET(self) -> None:
        self.server.barrier.wait(PATIENCE)
        if self.path == "/silent":
            Event().wait()
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        self.wfile.write(self.path.encode())


@pytest.fixture
def together() -> Iterator[int]:
    """Where such a server listens."""
    with Together() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_many_questions_are_asked_at_once_and_answered_in_their_order(together: int) -> None:
    found = LocalHttp().get_all(together, ["/a", "/b", "/c"], {}, PATIENCE)
    assert [(one.status, one.body) for one in found] == [(200, b"/a"), (200, b"/b"), (200, b"/c")]


def test_one_that_is_silent_does_not_keep_the_others_from_being_heard(together: int) -> None:
    silent, *others = LocalHttp().get_all(together, ["/silent", "/b", "/c"], {}, 3.0)
    assert (silent.status, silent.error) == (0, "TimeoutError: timed out")
    assert [one.body for one in others] == [b"/b", b"/c"]


def test_questions_to_nobody_are_answered_with_the_reason() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        found = LocalHttp().get_all(taken.getsockname()[1], ["/a", "/b"], {})
    assert [(one.status, "refused" in one.error) for one in found] == [(0, True)] * 2


def test_no_question_is_no_answer(together: int) -> None:
    assert LocalHttp().get_all(together, [], {}) == ()
    bad, *_ = LocalHttp().get_all(together, ["/a b"], {})
    assert (bad.status, "cannot be sent" in bad.error) == (0, True)
