"""What a WebSocket says first."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from hitless.domain.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from websockets.http11 import Response
    from websockets.sync.client import ClientConnection

LARGEST_MESSAGE = 1024 * 1024
OPEN = 101


def first_message(port: int, path: str, headers: Mapping[str, str], timeout: float) -> Answer:
    """Open a WebSocket on this machine: status 101 with the first message as body.

    A refusal is the answer that came instead; a connection error or time-out, also
    while waiting for the message, is an Answer with the reason.
    """
    try:
        with connect(
            f"ws://127.0.0.1:{port}{path}",
            sock=socket.create_connection(("127.0.0.1", port), timeout),
            additional_headers=dict(headers),
            open_timeout=timeout,
            close_timeout=1.0,
            max_size=LARGEST_MESSAGE,
            compression=None,
            proxy=None,
        ) as opened:
            return _said(opened, timeout)
    except InvalidStatus as refused:
        return _answer(refused.response)
    except (OSError, WebSocketException, EOFError) as error:
        return Answer(0, error=f"{type(error).__name__}: {error}")


def _said(opened: ClientConnection, timeout: float) -> Answer:
    answer = _answer(opened.response)
    try:
        message = opened.recv(timeout)
    except TimeoutError:
        return Answer(OPEN, answer.headers, error=f"no message within {timeout:g} s")
    body = message.encode() if isinstance(message, str) else message
    return Answer(OPEN, answer.headers, body)


def _answer(response: Response | None) -> Answer:
    if response is None:
        return Answer(OPEN)
    headers = {name.lower(): value for name, value in response.headers.raw_items()}
    return Answer(response.status_code, headers, bytes(response.body or b""))
