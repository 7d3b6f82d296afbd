"""One HTTP request and its answer, with one deadline over all of it."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPMessage,
    HTTPResponse,
    InvalidURL,
)
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.domain.traffic import Request

READ_AT_ONCE = 65536
LARGEST_BODY = 8 * 1024 * 1024
SERVER_ERROR = 500


class Failed(Exception):  # it names an outcome; errors of users are in domain.errors
    """The request did not get the answer it deserved; the text is the reason.

    Attributes:
        reply: The answer, when there was one.
    """

    def __init__(self, reason: str, reply: Reply | None = None) -> None:
        super().__init__(reason)
        self.reply = reply


class Stale(Exception):  # the same
    """The server closed the connection before the first byte of an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def slot(self) -> str:
        """The slot the edge chose."""
        return self.headers.get("X-Slot", "")

    @property
    def release(self) -> str:
        """The release the application says it is."""
        return self.headers.get("X-Release", "")


class Deadline:
    """The moment at which a request has failed, counted from its intended start."""

    def __init__(self, began: float, seconds: float) -> None:
        self._seconds = seconds
        self._end = began + seconds

    def left(self) -> float:
        """Seconds left.

        Raises:
            Failed: when none are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> Failed:
        """The failure of a request that took too long."""
        return Failed(f"timed out after {self._seconds:g} s")


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it goes over the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None


def exchange(connection: HTTPConnection, message: Message, deadline: Deadline) -> Reply:
    """Send a message and read its whole answer.

    Raises:
        Failed: on a time-out, a refused or broken connection, a damaged answer.
        Stale: when the connection was closed before the first byte of an answer.
    """
    try:
        connected = _connect(connection, deadline)
        _send(connection, message)
        _await_first_byte(connected, deadline)
        return _read(connection.getresponse())
    except TimeoutError as error:
        raise deadline.passed() from error
    except OSError as error:
        raise Failed(_words(error)) from error
    except InvalidURL as error:
        raise Failed(f"cannot be sent: {error}") from error
    except HTTPException as error:
        raise Failed(f"damaged answer: {type(error).__name__}") from error
    except ValueError as error:  # http.client's word for a header that it will not send
        raise Failed(f"cannot be sent: {error}") from error


def judge(request: Request, reply: Reply) -> None:
    """Check an answer against what the request expects.

    Raises:
        Failed: with the first thing that is wrong.
    """
    expected = request.expect_status
    good = reply.status in expected if expected else 200 <= reply.status < 300  # noqa: PLR2004
    if reply.status >= SERVER_ERROR or not good:
        raise Failed(f"status {reply.status}", reply)
    if len(reply.body) < request.min_bytes:
        raise Failed(f"{len(reply.body)} bytes instead of {request.min_bytes} or more", reply)
    if "json" in reply.headers.get("Content-Type", "") and reply.body:
        document(reply)


def document(reply: Reply) -> object:
    """The answer's body as JSON.

    Raises:
        Failed: when it is none.
    """
    try:
        return json.loads(reply.body)
    except ValueError as error:
        raise Failed("damaged answer: the body is not JSON", reply) from error


class PunctualSocket(socket.socket):
    """A socket whose reads share one deadline.

    A time-out of its own for each read, as http.client has it, never ends an answer
    that drips in byte by byte.
    """

    deadline: Deadline

    def recv_into(  # type: ignore[override]  # the signature of typeshed's Buffer differs
        self, buffer: memoryview, nbytes: int = 0, flags: int = 0
    ) -> int:
        """Wait no longer than the deadline allows."""
        self.settimeout(self.deadline.left())
        return super().recv_into(buffer, nbytes, flags)


def _connect(connection: HTTPConnection, deadline: Deadline) -> PunctualSocket:
    connected = connection.sock
    if not isinstance(connected, PunctualSocket):
        plain = socket.create_connection((connection.host, connection.port), deadline.left())
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sock = connected = PunctualSocket(fileno=plain.detach())
    connected.deadline = deadline
    connected.settimeout(deadline.left())
    return connected


def _send(connection: HTTPConnection, message: Message) -> None:
    try:
        connection.request(
            message.method, message.path, body=message.body, headers=dict(message.headers)
        )
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Stale from error


def _await_first_byte(connected: socket.socket, deadline: Deadline) -> None:
    """Tell a connection closed before the answer from one that broke inside it.

    Only the first may be tried again (RFC 9112, 9.3.1), and http.client raises the
    same errors for both.
    """
    connected.settimeout(deadline.left())
    try:
        first = connected.recv(1, socket.MSG_PEEK)
    except ConnectionResetError as error:
        raise Stale from error
    if not first:
        raise Stale


def _read(response: HTTPResponse) -> Reply:
    body = bytearray()
    while part := response.read1(READ_AT_ONCE):
        body += part
        if len(body) > LARGEST_BODY:
            raise Failed(f"the answer is longer than {LARGEST_BODY} bytes")
    response.close()  # read1 leaves this to us, and a kept connection is unusable before it
    if response.length:
        raise Failed(f"the answer ends {response.length} bytes too early")
    return Reply(response.status, response.headers, bytes(body))


def _words(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()
