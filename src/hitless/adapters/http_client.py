"""Requests to the edge's published ports on this machine."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from hitless.adapters.http1 import exchange, receive, send
from hitless.domain.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_BODY = 1_000_000
LEAST = 0.001  # of what is there already, something can still be read


class LocalHttp:
    """Implements :class:`hitless.domain.ports.Http`."""

    def get(self, port: int, path: str, headers: Mapping[str, str], timeout: float = 5.0) -> Answer:
        """One GET on a connection of its own; an error is an answer with status 0."""
        return _asked(port, "GET", path, headers, b"", timeout)

    def get_all(
        self, port: int, paths: Sequence[str], headers: Mapping[str, str], timeout: float = 5.0
    ) -> tuple[Answer, ...]:
        """A GET of each path, sent before the first answer is read.

        No threads: their import takes longer than these few requests.
        """
        deadline = time.monotonic() + timeout
        with ExitStack() as stack:
            asked = [_opened(stack, port, path, headers, timeout) for path in paths]
            return tuple(_heard(one, deadline) for one in asked)

    def post(
        self, port: int, path: str, headers: Mapping[str, str], body: bytes, timeout: float = 5.0
    ) -> Answer:
        """One POST of ``body``; otherwise like :meth:`get`."""
        return _asked(port, "POST", path, headers, body, timeout)

    def first_message(
        self, port: int, path: str, headers: Mapping[str, str], timeout: float = 5.0
    ) -> Answer:
        """Open a WebSocket: status 101 with the first message as body."""
        # Only a deploy opens one, and the library costs more than a rollback may take.
        from hitless.adapters.first_message import first_message  # noqa: PLC0415

        return first_message(port, path, headers, timeout)


def _asked(  # noqa: PLR0917  # the two public methods name them
    port: int, method: str, path: str, headers: Mapping[str, str], body: bytes, timeout: float
) -> Answer:
    try:
        with _connected(port, timeout) as connected:
            reply = exchange(connected, method, path, _wanted(port, headers), body, most=MAX_BODY)
    except (OSError, ValueError) as error:
        return _unanswered(error)
    return Answer(reply.status, reply.headers, reply.body)


def _opened(
    stack: ExitStack, port: int, path: str, headers: Mapping[str, str], timeout: float
) -> socket.socket | Answer:
    """A connection on which a GET was sent, closed by the stack; or why there is none."""
    try:
        connected = stack.enter_context(_connected(port, timeout))
        send(connected, "GET", path, _wanted(port, headers))
    except (OSError, ValueError) as error:
        return _unanswered(error)
    return connected


def _heard(asked: socket.socket | Answer, deadline: float) -> Answer:
    if isinstance(asked, Answer):
        return asked
    try:
        asked.settimeout(max(LEAST, deadline - time.monotonic()))
        reply = receive(asked, "GET", most=MAX_BODY)
    except (OSError, ValueError) as error:
        return _unanswered(error)
    return Answer(reply.status, reply.headers, reply.body)


def _connected(port: int, timeout: float) -> socket.socket:
    # socket.create_connection looks every address up, and imports IDNA for that.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.settimeout(timeout)
        made.connect(("127.0.0.1", port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        made.close()
        raise
    return made


def _wanted(port: int, headers: Mapping[str, str]) -> dict[str, str]:
    return {"Host": f"127.0.0.1:{port}", "Accept-Encoding": "identity", **headers}


def _unanswered(error: Exception) -> Answer:
    return Answer(0, error=f"{type(error).__name__}: {error}")
