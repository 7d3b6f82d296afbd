"""Requests to the edge's published ports on this machine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from hitless.adapters.http1 import exchange
from hitless.domain.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BODY = 1_000_000


class LocalHttp:
    """Implements :class:`hitless.domain.ports.Http`."""

    def get(self, port: int, path: str, headers: Mapping[str, str], timeout: float = 5.0) -> Answer:
        """One GET on a connection of its own; an error is an answer with status 0."""
        return _asked(port, "GET", path, headers, b"", timeout)

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
    wanted = {"Host": f"127.0.0.1:{port}", "Accept-Encoding": "identity", **headers}
    try:
        with socket.create_connection(("127.0.0.1", port), timeout) as connected:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reply = exchange(connected, method, path, wanted, body, most=MAX_BODY)
    except (OSError, ValueError) as error:
        return Answer(0, error=f"{type(error).__name__}: {error}")
    return Answer(reply.status, reply.headers, reply.body)
