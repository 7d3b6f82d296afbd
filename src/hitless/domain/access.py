"""One request as nginx's own log tells it: who was asked, and who answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

NOT_CONNECTED = "-"
SERVER_ERROR, SWITCHING = 500, 101


@dataclass(frozen=True, slots=True)
class Attempt:
    """One server that nginx asked for an answer.

    Attributes:
        address: Without its port; a name when every server of an upstream was down.
        status: What it answered, or what nginx made of its silence.
        connected: It accepted the connection.
        ms: Milliseconds until its answer was complete; None without an answer.
    """

    address: str
    status: int
    connected: bool = True
    ms: float | None = None

    @property
    def failed(self) -> bool:
        """It is the server's fault that this is no answer."""
        return self.status >= SERVER_ERROR

    @property
    def timed(self) -> bool:
        """Its time says how fast the application is; that of a WebSocket does not."""
        return self.ms is not None and self.status != SWITCHING and not self.failed


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the edge's access log.

    Attributes:
        at: When the request had ended, in seconds since the epoch.
        slot: What the flags chose; who answered may be another.
        release: Who answered, as the application says; empty when it does not tell.
        probe: Who of Hitless asked; empty for users.
        attempts: The servers that nginx asked, in their order; none when it answered itself.
    """

    at: float
    slot: str
    status: int
    release: str = ""
    probe: str = ""
    attempts: tuple[Attempt, ...] = ()


def read_access(line: str | bytes) -> Access | None:
    """A line of the log; None for one that the edge's log format did not make."""
    try:
        document = json.loads(line)
        return _access(document)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _access(line: dict[str, Any]) -> Access:
    return Access(
        at=float(line["msec"]),
        slot=line["slot"],
        status=int(line["status"]),
        release=line["release"],
        probe=line["probe"],
        attempts=_attempts(line) if line["upstream"] else (),
    )


def _attempts(line: dict[str, Any]) -> tuple[Attempt, ...]:
    columns = (line[f"upstream{name}"] for name in ("", "_status", "_connect", "_duration"))
    rows = zip(*(_parts(column) for column in columns), strict=True)
    return tuple(
        Attempt(address.rpartition(":")[0] or address, _status(status), *_times(connect, took))
        for address, status, connect, took in rows
    )


def _parts(column: str) -> list[str]:
    """What nginx lists by ``, `` inside an upstream and by `` : `` between two of them."""
    return column.replace(" : ", ", ").split(", ")


def _status(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _times(connect: str, took: str) -> tuple[bool, float | None]:
    return connect != NOT_CONNECTED, None if took == NOT_CONNECTED else float(took) * 1000
