"""What the prober sends: a rate, and the kinds of requests that share it.

Arrivals are *open-loop*: each request has an intended start that does not depend on
the answers of earlier ones, and its latency counts from there. A stall of the
application therefore shows as many slow requests and never as few requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hitless.domain.codec import decode, encode

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_RPS = 1000.0
MAX_SOCKETS = 100


class TrafficKind(StrEnum):
    """How a client behaves; each kind breaks in its own way when a deploy is careless."""

    NEW = "new"  # a connection of its own for every request
    KEPT = "kept"  # connections that stay open between requests
    SLOW = "slow"  # an answer that takes seconds and is under way during the cutover
    WRITE = "write"  # a document is posted and must be found again
    WEBSOCKET = "websocket"  # a socket held open, opened again when the server says goodbye


QUICK = (TrafficKind.NEW, TrafficKind.KEPT, TrafficKind.WRITE)
"""Kinds whose latency says how fast the application is; the others last by design."""


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that clients do.

    Path, body and read-back are templates: ``{uuid}`` is a fresh UUID, ``{n}`` the
    number of the request, and in ``read_back`` ``{id}`` is the member ``id`` of the
    JSON answer. Other braces stay as they are, so a JSON body needs no escapes.

    Attributes:
        body: What is sent; a write's body must contain ``{uuid}``.
        content_type: Of ``body``.
        read_back: Path of the GET that must answer with the write's UUID in its body.
        expect_status: The statuses of success; empty means any 2xx.
        min_bytes: A shorter answer is a failure.
        share: Weight among the requests that are not WebSockets.
        timeout: Seconds from the intended start to the last byte; None takes Traffic's.
        sockets: WebSockets only: how many are held open.
    """

    kind: TrafficKind
    path: str
    method: str = "GET"
    body: str = ""
    content_type: str = "application/json"
    read_back: str = ""
    expect_status: tuple[int, ...] = ()
    min_bytes: int = 0
    share: float = 1.0
    timeout: float | None = None
    sockets: int = 1

    def __post_init__(self) -> None:
        if not self.path.startswith("/"):
            raise ValueError(f"a probed path begins with a slash, not {self.path!r}")
        if self.share <= 0:
            raise ValueError(f"the share of {self.path} must be above 0, not {self.share}")
        if self.timeout is not None and self.timeout <= 0:
            raise ValueError(f"the timeout of {self.path} must be above 0, not {self.timeout}")
        if not 1 <= self.sockets <= MAX_SOCKETS:
            raise ValueError(f"hold 1 to {MAX_SOCKETS} sockets, not {self.sockets}")
        if self.kind is TrafficKind.WRITE and not ("{uuid}" in self.body and self.read_back):
            raise ValueError("a write needs {uuid} in its body and a read_back path")


@dataclass(frozen=True, slots=True)
class Traffic:
    """All that one prober sends, and the limits it keeps.

    Attributes:
        host: Where to connect; only this machine unless ``allow_remote``.
        port: The edge's published port.
        rps: Requests per second, all kinds but WebSockets together.
        requests: What is sent; each in proportion to its share.
        host_header: The name to ask for; empty means ``host:port``.
        timeout: Seconds until a request without one of its own has failed.
        key: The edge's secret, which lets these requests through during maintenance.
        label: What marks these requests as ours in the edge's log; empty for none.
        max_seconds: The prober stops by itself after this long.
        allow_remote: Permit a ``host`` that is not this machine.
    """

    port: int
    rps: float
    requests: tuple[Request, ...]
    host: str = "127.0.0.1"
    host_header: str = ""
    timeout: float = 10.0
    label: str = ""
    key: str = ""
    max_seconds: float = 3600.0
    allow_remote: bool = False

    def __post_init__(self) -> None:
        if not self.allow_remote and self.host not in LOCAL_HOSTS:
            raise ValueError(f"the prober sends to this machine only, not to {self.host}")
        if not 0 < self.rps <= MAX_RPS:
            raise ValueError(f"send more than 0 and at most {MAX_RPS:g} requests a second")
        if self.timeout <= 0 or self.max_seconds <= 0:
            raise ValueError("timeout and max_seconds must be above 0")
        if not self.requests:
            raise ValueError("there is nothing to send")

    @property
    def authority(self) -> str:
        """The Host header."""
        return self.host_header or f"{self.host}:{self.port}"

    @property
    def timed(self) -> tuple[Request, ...]:
        """The requests that arrive at the rate, that is all but WebSockets."""
        return tuple(r for r in self.requests if r.kind is not TrafficKind.WEBSOCKET)

    @property
    def sockets(self) -> tuple[Request, ...]:
        """The WebSockets to hold open."""
        return tuple(r for r in self.requests if r.kind is TrafficKind.WEBSOCKET)

    def limit(self, request: Request) -> float:
        """Seconds after which ``request`` has failed."""
        return request.timeout or self.timeout

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; :meth:`from_json` brings the same Traffic back."""
        document: dict[str, Any] = encode(self)
        return document

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Traffic:
        """A Traffic from :meth:`to_json`.

        Raises:
            ValueError: when a value breaks a limit.
            TypeError: when a required member is missing.
        """
        return decode(cls, document)
