"""WebSockets that are held open through a deploy, and come back when told goodbye."""

from __future__ import annotations

import json
import socket
import time
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from hitless.adapters.prober.clients import AGENT, escaped, label
from hitless.adapters.prober.events import SETTLE, SETTLE_AT_END, EventLedger
from hitless.adapters.prober.recorder import Outcome
from hitless.domain.traffic import TrafficKind

if TYPE_CHECKING:
    from hitless.adapters.prober.recorder import Recorder
    from hitless.domain.traffic import Request, Traffic

GOODBYE = frozenset({1000, 1001, 1012})  # normal, going away, service restart (RFC 6455, IANA)
ABNORMAL = 1006
BACK_WITHIN = 5.0
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
ALIVE_EVERY = 5.0  # a ping goes out this often and must be answered within the same time
LARGEST_MESSAGE = 1024 * 1024
KIND = TrafficKind.WEBSOCKET


class Sockets:
    """All held sockets of one traffic.

    Each opening counts as one request. A close without goodbye and a message that
    never came count as one failed request each: something was owed and not given.
    """

    def __init__(self, traffic: Traffic, recorder: Recorder) -> None:
        self._recorder = recorder
        self._ledger = EventLedger()
        self._lock = Lock()
        requests = [r for r in traffic.sockets for _ in range(r.sockets)]
        self._holders = [Holder(i, traffic, r, self) for i, r in enumerate(requests)]

    def run(self, stop: Event) -> None:
        """Hold the sockets until ``stop`` is set.

        Raises:
            Exception: what a holder's thread died of, which is a bug of this program.
        """
        for holder in self._holders:
            holder.start()
        while not stop.wait(1.0):
            self._judge(SETTLE)
        for holder in self._holders:
            holder.close()
        for holder in self._holders:
            holder.join()
            if holder.died_of:
                raise holder.died_of
        self._judge(SETTLE_AT_END)

    def ended(self, request: Request, outcome: Outcome, began: float) -> None:
        """An opening succeeded or failed, or an open socket broke."""
        self._recorder.ended(KIND, request.path, outcome, began)

    def back(self) -> None:
        """A socket is open again after a goodbye."""
        self._recorder.reconnected(KIND)

    def lost(self, holder: int) -> None:
        """A socket did not come back in time."""
        with self._lock:
            self._ledger.leave(holder)

    def received(self, holder: int, event: int | None) -> None:
        """A message came, with or without an id."""
        with self._lock:
            known = event is not None and self._ledger.seen(holder, event, time.monotonic())
        self._recorder.message(KIND, repeated=known)

    def _judge(self, settle: float) -> None:
        now = time.monotonic()
        with self._lock:
            overdue = self._ledger.missed(now, settle)
        for holder, event in overdue:
            request = self._holders[holder].request
            self.ended(request, Outcome(f"message {event} never came"), now)


class Holder(Thread):
    """Holds one socket open."""

    def __init__(self, number: int, traffic: Traffic, request: Request, all_: Sockets) -> None:
        super().__init__(name=f"socket-{number}", daemon=True)
        self.request = request
        self.died_of: Exception | None = None
        self._number = number
        self._traffic = traffic
        self._all = all_
        self._closing = Event()
        self._connection: ClientConnection | None = None
        self._last_event: int | None = None

    def run(self) -> None:
        """Open, hold, and open again, until :meth:`close`."""
        try:
            returning = False
            while not self._closing.is_set():
                connection = self._open()
                if connection is None:
                    continue
                if returning:
                    self._all.back()
                returning = self._hold(connection)
        except Exception as error:  # noqa: BLE001  # re-raised by the thread that joins
            self.died_of = error

    def close(self) -> None:
        """Say goodbye; a socket that is just coming back may use up its time for it."""
        self._closing.set()
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> ClientConnection | None:
        """A connection within 5 seconds, however often that takes to try."""
        began, pause, reason = time.monotonic(), FIRST_PAUSE, ""
        while (left := began + BACK_WITHIN - time.monotonic()) > 0:
            try:
                connection = self._connect(left)
            except (OSError, WebSocketException, EOFError) as error:
                reason = str(error).lower() or type(error).__name__
            else:
                self._all.ended(self.request, _opened(connection), began)
                return connection
            time.sleep(min(pause, max(0.0, left)))
            pause = min(pause * 2, LONGEST_PAUSE)
        self._all.lost(self._number)
        self._all.ended(
            self.request, Outcome(f"no socket within {BACK_WITHIN:g} s: {reason}"), began
        )
        return None

    def _connect(self, timeout: float) -> ClientConnection:
        address = (self._traffic.host, self._traffic.port)
        return connect(
            f"ws://{self._traffic.authority}{escaped(self._path())}",
            sock=socket.create_connection(address, timeout),
            open_timeout=timeout,
            close_timeout=1.0,
            ping_interval=ALIVE_EVERY,
            ping_timeout=ALIVE_EVERY,
            max_size=LARGEST_MESSAGE,
            compression=None,
            user_agent_header=AGENT,
            additional_headers=label(self._traffic),
            proxy=None,
        )

    def _path(self) -> str:
        if self._last_event is None:
            return self.request.path
        joint = "&" if "?" in self.request.path else "?"
        return f"{self.request.path}{joint}after={self._last_event}"

    def _hold(self, connection: ClientConnection) -> bool:
        """Receive until the end; says whether that was a goodbye after which to return."""
        self._connection = connection
        opened = time.monotonic()
        if self._closing.is_set():
            connection.close()
        try:
            while True:
                self._receive(connection.recv())
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else ABNORMAL
        if self._closing.is_set():
            return False
        if code not in GOODBYE:
            self._all.ended(self.request, Outcome(f"socket closed with code {code}"), opened)
        return code in GOODBYE

    def _receive(self, text: str | bytes) -> None:
        event = event_id(text)
        if event is not None:
            self._last_event = event
        self._all.received(self._number, event)


def event_id(text: str | bytes) -> int | None:
    """The integer member ``id`` of a JSON message; None when it has none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    number = found.get("id") if isinstance(found, dict) else None
    return number if type(number) is int else None


def _opened(connection: ClientConnection) -> Outcome:
    response = connection.response
    if response is None:
        return Outcome()
    headers = response.headers
    return Outcome(
        "", response.status_code, headers.get("X-Slot", ""), headers.get("X-Release", "")
    )
