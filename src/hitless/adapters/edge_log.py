"""The edge's access log as the engine keeps it: its past and, as it is written, its present.

nginx writes to its standard output and the engine keeps that, bounded and rotated, also
while nobody looks; so the last minutes of the old release are there when a deploy needs
them. A syslog socket has no past, and nginx complains into its error log, once for each
request, while nobody listens on it.
"""

from __future__ import annotations

import select
import socket
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from hitless.adapters.docker_engine import API, ERROR, FRAME, TIMEOUT
from hitless.domain.access import read_access
from hitless.domain.errors import EngineFailed, EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.access import Access

MOST_PAST = 30_000  # lines; more would take longer to read than they are worth
MOST_PENDING = 1_000_000  # bytes of one line, before it is given up as none
PIECE = 262_144
SILENT = 0.1  # the engine sends the past at once; so long without a byte it has been sent
CATCH_UP = 5.0
END_OF_HEAD = b"\r\n\r\n"


class EngineAccessLog:
    """Implements :class:`hitless.domain.ports.AccessLog`.

    Without a thread: the kernel and the engine hold what has not been asked for yet.

    Args:
        path: The engine's socket.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._edge = ""
        self._socket: socket.socket | None = None
        self._frames, self._line = b"", b""
        self._after = self._last = 0.0
        self._past: list[Access] = []

    def open(self, edge: str, since: float) -> None:
        """Begin with what ended after ``since``."""
        self.close()
        self._edge = edge
        self._after, self._last = 0.0, since
        self._connect(since)
        deadline, now = time.monotonic() + CATCH_UP, time.time()
        # Under steady traffic there is no silence: what is of now is the past no more.
        while self._last < now and self._waits(SILENT) and time.monotonic() < deadline:
            self._past += self._received()

    def read(self) -> tuple[Access, ...]:
        """What was written since the last call; after the edge was away, from there on."""
        if self._socket is None and self._edge:
            self._after = self._last  # the engine stamped that line a little later
            self._connect(self._last)
        found, self._past = self._past, []
        while self._waits(0.0):
            found += self._received()
        return tuple(found)

    def close(self) -> None:
        """Follow no longer."""
        self._edge, self._past = "", []
        self._disconnect()

    def _disconnect(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._frames = self._line = b""

    def _connect(self, since: float) -> None:
        query = {"follow": 1, "stdout": 1, "since": f"{since:.9f}", "tail": MOST_PAST}
        ask = f"GET {API}/containers/{self._edge}/logs?{urlencode(query)} HTTP/1.0\r\n\r\n"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(TIMEOUT)
        try:
            self._socket.connect(self._path)
            self._socket.sendall(ask.encode())  # HTTP/1.0: the stream comes without chunks
            first = self._after_head(self._socket)
        except OSError as error:
            self._disconnect()
            raise EngineUnreachable(f"the engine's log is not there: {error}") from error
        self._past += self._understood(first)

    def _after_head(self, connected: socket.socket) -> bytes:
        """Read the answer's head; returns what came behind it."""
        data = b""
        while END_OF_HEAD not in data and (piece := connected.recv(PIECE)):
            data += piece
        head, _, rest = data.partition(END_OF_HEAD)
        status = head[9:12]
        if not status.isdigit() or int(status) >= ERROR:
            self._disconnect()
            raise EngineFailed(
                f"the log of {self._edge} cannot be read: {rest.decode(errors='replace').strip()}"
            )
        return rest

    def _waits(self, seconds: float) -> bool:
        """There is something to receive, or the end to be noticed."""
        if self._socket is None:
            return False
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def _received(self) -> Iterator[Access]:
        assert self._socket is not None  # noqa: S101  # _waits said so
        piece = self._socket.recv(PIECE)
        if not piece:  # the edge has stopped; it will be looked for again
            self._disconnect()
        return self._understood(piece)

    def _understood(self, piece: bytes) -> Iterator[Access]:
        self._frames += piece
        for line in self._lines():
            access = read_access(line)
            if access and access.at > self._after:
                self._last = max(self._last, access.at)
                yield access

    def _lines(self) -> list[bytes]:
        """Whole lines out of the frames that are complete; a long line takes several."""
        at, parts = 0, [self._line]
        while at + FRAME.size <= len(self._frames):
            _stream, length = FRAME.unpack_from(self._frames, at)
            if at + FRAME.size + length > len(self._frames):
                break
            at += FRAME.size
            parts.append(self._frames[at : at + length])
            at += length
        self._frames = self._frames[at:]
        *lines, self._line = b"".join(parts).split(b"\n")
        self._line = self._line[-MOST_PENDING:]
        return lines
