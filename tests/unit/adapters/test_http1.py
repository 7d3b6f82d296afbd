"""One request and its answer, byte by byte."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.http1 import DamagedAnswer, Reply, exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 5.0


class Server:
    """The other end of a connection, which says what a test wants it to say."""

    def __init__(self) -> None:
        self.asking, self._answering = socket.socketpair()
        self.asking.settimeout(SECONDS)
        self._thread: threading.Thread | None = None
        self.heard = b""

    def says(self, answer: bytes) -> Server:
        self._thread = threading.Thread(target=self._answer, args=(answer,))
        self._thread.start()
        return self

    def _answer(self, answer: bytes) -> None:
        self.heard = self._answering.recv(65536)
        with suppress(OSError):  # the asking side has read enough
            self._answering.sendall(answer)
        self._answering.close()

    def close(self) -> None:
        self.asking.close()
        if self._thread:
            self._thread.join()
        self._answering.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def get(server: Server, answer: bytes, most: int | None = None) -> Reply:
    return exchange(server.says(answer).asking, "GET", "/a", {"Host": "here"}, most=most)


def test_a_request_asks_to_close_and_tells_its_length(server: Server) -> None:
    server.says(b"HTTP/1.1 204 No Content\r\n\r\n")
    reply = exchange(server.asking, "POST", "/a?b=1", {"Host": "here"}, b"body")
    assert reply == Reply(204, {}, b"")
    assert server.heard.splitlines() == [
        b"POST /a?b=1 HTTP/1.1",
        b"Host: here",
        b"Connection: close",
        b"Content-Length: 4",
        b"",
        b"body",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 5\r\n\r\nhello and more",
        b"transfer-encoding: Chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        b"\r\nhello",
    ],
    ids=["length", "chunks", "up to the end"],
)
def test_every_way_of_sending_a_body_is_read(server: Server, body: bytes) -> None:
    assert get(server, b"HTTP/1.1 200 OK\r\n" + body).body == b"hello"


def test_header_names_are_in_lower_case(server: Server) -> None:
    assert get(server, b"HTTP/1.0 200\r\nX-Slot:  blue \r\n\r\n").headers == {"x-slot": "blue"}


def test_an_interim_answer_is_not_the_answer(server: Server) -> None:
    reply = get(server, b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 404 No\r\n\r\n")
    assert (reply.status, reply.headers) == (404, {})


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nagain\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nhello, and again",
    ],
)
def test_no_more_is_read_than_wanted(server: Server, answer: bytes) -> None:
    assert get(server, answer, most=5).body == b"hello"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 \xb2\xb2\xb2 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Cut: of",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500,
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
    ],
)
def test_a_damaged_answer_is_said_to_be_one(server: Server, answer: bytes) -> None:
    with pytest.raises(DamagedAnswer, match="damaged answer"):
        get(server, answer)


@pytest.mark.parametrize("target", ["/a b", "/a\r\nX-Evil: 1", "/ä€"])
def test_a_request_that_would_break_out_of_its_line_is_not_sent(
    server: Server, target: str
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the encoder's is one too
        exchange(server.asking, "GET", target, {})


def test_silence_ends_at_the_time_out(server: Server) -> None:
    server.asking.settimeout(0.05)
    with pytest.raises(TimeoutError):
        exchange(server.asking, "GET", "/", {})
