"""How each kind of client sends a request."""

from __future__ import annotations

import select
import uuid
from collections import deque
from dataclasses import replace
from http.client import HTTPConnection
from threading import Lock
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from hitless.adapters.prober.exchange import (
    Deadline,
    Failed,
    Message,
    Reply,
    Stale,
    document,
    exchange,
    judge,
)
from hitless.adapters.prober.recorder import Outcome
from hitless.domain.headers import KEY, PROBE
from hitless.domain.traffic import TrafficKind

if TYPE_CHECKING:
    import socket

    from hitless.domain.traffic import Request, Traffic

AGENT = "hitless-prober"
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
KEPT_CONNECTIONS = 8
CLOSED_EARLY = "connection closed before an answer"


class Client(Protocol):
    """Sends one request and says how it ended."""

    def send(self, request: Request, number: int, deadline: Deadline) -> Outcome:
        """Never raises for what the other side does; a failure is an outcome."""


class NewClient:
    """A connection of its own for each request; slow requests use it, too."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic

    def send(self, request: Request, number: int, deadline: Deadline) -> Outcome:
        """One request, one connection."""
        try:
            reply = self.ask(message(self._traffic, request, number, Names()), deadline)
            judge(request, reply)
        except Failed as failed:
            return lost(failed)
        return answered(reply)

    def ask(self, sent: Message, deadline: Deadline) -> Reply:
        """The answer to a message on a fresh connection.

        Raises:
            Failed: when there is none.
        """
        connection = HTTPConnection(self._traffic.host, self._traffic.port)
        try:
            once = replace(sent, headers={**sent.headers, "Connection": "close"})
            return exchange(connection, once, deadline)
        except Stale as error:
            raise Failed(CLOSED_EARLY) from error
        finally:
            connection.close()


class KeptClient:
    """Several connections that stay open and take turns, like a pool in a browser.

    A server may close an idle connection at any time. A client sees that either
    before it sends, or by a close before the first byte of the answer; then it sends
    an idempotent request once more on a fresh connection (RFC 9110, 9.2.2).
    """

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._idle: deque[HTTPConnection] = deque()
        self._busy = 0
        self._lock = Lock()

    def send(self, request: Request, number: int, deadline: Deadline) -> Outcome:
        """One request on a connection that others used before."""
        sent = message(self._traffic, request, number, Names())
        reused, reconnected = self._take()
        try:
            try:
                reply = self._ask(reused or self._fresh(), sent, deadline)
            except Stale:
                if reused is None or request.method not in IDEMPOTENT:
                    raise
                reconnected = 1
                reply = self._ask(self._fresh(), sent, deadline)
            judge(request, reply)
        except Failed as failed:
            return replace(lost(failed), reconnected=reconnected)
        except Stale:
            return Outcome(CLOSED_EARLY, reconnected=reconnected)
        finally:
            with self._lock:
                self._busy -= 1
        return replace(answered(reply), reconnected=reconnected)

    def _take(self) -> tuple[HTTPConnection | None, int]:
        """A usable idle connection, if it is its turn, and whether a closed one was met."""
        with self._lock:
            self._busy += 1
            if self._busy + len(self._idle) <= KEPT_CONNECTIONS or not self._idle:
                return None, 0
            connection = self._idle.popleft()
        if closed_by_server(connection.sock):
            connection.close()
            return None, 1
        return connection, 0

    def _fresh(self) -> HTTPConnection:
        return HTTPConnection(self._traffic.host, self._traffic.port)

    def _ask(self, connection: HTTPConnection, sent: Message, deadline: Deadline) -> Reply:
        try:
            reply = exchange(connection, sent, deadline)
        except (Failed, Stale):
            connection.close()
            raise
        self._put_back(connection)
        return reply

    def _put_back(self, connection: HTTPConnection) -> None:
        """Keep it for others, unless the server asked to close it or there are enough."""
        with self._lock:
            if connection.sock is not None and len(self._idle) < KEPT_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()


class WriteClient:
    """Posts a document under a fresh UUID, then asks for it and must find it."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._new = NewClient(traffic)

    def send(self, request: Request, number: int, deadline: Deadline) -> Outcome:
        """The write and its read-back are one request with one deadline."""
        names = Names()
        try:
            reply = self._new.ask(message(self._traffic, request, number, names), deadline)
            judge(request, reply)
            names.id = _identity(reply)
            self._find(request, names, number, deadline)
        except Failed as failed:
            return lost(failed)
        return answered(reply)

    def _find(self, request: Request, names: Names, number: int, deadline: Deadline) -> None:
        path = escaped(names.fill(request.read_back, number))
        found = self._new.ask(Message("GET", path, headers(self._traffic)), deadline)
        if not 200 <= found.status < 300:  # noqa: PLR2004  # the 2xx class
            raise Failed(f"read-back has status {found.status}", found)
        if names.uuid.encode() not in found.body:
            raise Failed("read-back does not contain what was written", found)


class Names:
    """What the places of one request's templates stand for."""

    def __init__(self) -> None:
        self.uuid = str(uuid.uuid4())
        self.id = ""

    def fill(self, template: str, number: int) -> str:
        """The template with its known places filled; other braces are left alone."""
        text = template.replace("{uuid}", self.uuid).replace("{n}", str(number))
        return text.replace("{id}", self.id)


def clients(traffic: Traffic) -> dict[TrafficKind, Client]:
    """The client of each kind that sends single requests."""
    new = NewClient(traffic)
    return {
        TrafficKind.NEW: new,
        TrafficKind.SLOW: new,
        TrafficKind.KEPT: KeptClient(traffic),
        TrafficKind.WRITE: WriteClient(traffic),
    }


def headers(traffic: Traffic) -> dict[str, str]:
    """What every request carries; the agent's name lets logs tell probes from users."""
    common = {"Host": traffic.authority, "User-Agent": AGENT, "Accept": "*/*"}
    return common | label(traffic)


def label(traffic: Traffic) -> dict[str, str]:
    """What marks a request as ours, for the edge and its log, if it shall be marked."""
    marks = {PROBE: traffic.label, KEY: traffic.key}
    return {name: value for name, value in marks.items() if value}


def message(traffic: Traffic, request: Request, number: int, names: Names) -> Message:
    """A request with its templates filled."""
    path, fields = escaped(names.fill(request.path, number)), headers(traffic)
    if not request.body:
        return Message(request.method, path, fields)
    fields["Content-Type"] = request.content_type
    return Message(request.method, path, fields, names.fill(request.body, number).encode())


def escaped(path: str) -> str:
    """A path as it may go over the wire; what is escaped already stays as it is."""
    return quote(path, safe="/?#[]@!$&'()*+,;=:%-._~")


def answered(reply: Reply) -> Outcome:
    """The outcome of a good answer."""
    return Outcome(status=reply.status, slot=reply.slot, release=reply.release)


def lost(failed: Failed) -> Outcome:
    """The outcome of a failure, with who answered if anybody did."""
    reply = failed.reply
    if reply is None:
        return Outcome(str(failed))
    return Outcome(str(failed), reply.status, reply.slot, reply.release)


def closed_by_server(connected: socket.socket) -> bool:
    """An idle connection on which there is something to read has been closed."""
    poll = select.poll()
    poll.register(connected, select.POLLIN)
    return bool(poll.poll(0))


def _identity(reply: Reply) -> str:
    """The member ``id`` of a JSON answer; empty when there is none."""
    if "json" not in reply.headers.get("Content-Type", ""):
        return ""
    found = document(reply)
    return str(found.get("id", "")) if isinstance(found, dict) else ""
