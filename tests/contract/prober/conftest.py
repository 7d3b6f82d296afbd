"""A real server on this machine that behaves as badly as a path asks for."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.sync.server import Server, ServerConnection, serve

from hitless.adapters.prober.process import ProbeProcess
from hitless.domain.evidence import Evidence

if TYPE_CHECKING:
    from hitless.domain.traffic import Traffic

PATIENCE = 30.0


class Site(ThreadingHTTPServer):
    """The server; ``gate`` is closed while it stalls."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.documents: dict[str, str] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.agents: set[str] = set()
        self.hosts: set[str] = set()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    """The first part of the path chooses a method; its rest is an argument."""

    protocol_version = "HTTP/1.1"
    server: Site

    def setup(self) -> None:
        super().setup()
        self.served = 0

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self.server.agents.add(self.headers["User-Agent"])
        self.server.hosts.add(self.headers["Host"])
        name, _, rest = self.path.strip("/").partition("/")
        getattr(self, f"on_{name}")(rest)
        self.served += 1

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.do_GET()

    def answer(self, status: int, body: str, content_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body.encode())))
        self.send_header("X-Slot", "blue")
        self.send_header("X-Release", "41f9c2d0")
        self.end_headers()
        self.wfile.write(body.encode())

    def hang_up(self) -> None:
        self.close_connection = True

    def on_ok(self, _: str) -> None:
        self.answer(200, '{"ok": true}')

    def on_stall(self, _: str) -> None:
        self.server.gate.wait(PATIENCE)
        self.answer(200, "{}")

    def on_status(self, rest: str) -> None:
        self.answer(int(rest), "{}")

    def on_silent(self, _: str) -> None:
        self.connection.recv(1)  # until the client has had enough
        self.hang_up()

    def on_drip(self, _: str) -> None:
        """One byte at a time: no single wait is long, the whole never ends."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _byte in range(1000):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def on_drip_head(self, _: str) -> None:
        """The same, but the headers already never end."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _byte in range(1000):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def on_slow(self, rest: str) -> None:
        time.sleep(float(rest))
        self.answer(200, "{}")

    def on_abrupt(self, _: str) -> None:
        self.hang_up()

    def on_garbage(self, _: str) -> None:
        self.wfile.write(b"good morning\r\n\r\n")
        self.hang_up()

    def on_cut(self, _: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"short")
        self.hang_up()

    def on_text(self, _: str) -> None:
        self.answer(200, "<html>not json</html>")

    def on_idle(self, _: str) -> None:
        """Answers as if it would stay, then closes the idle connection."""
        self.answer(200, "{}")
        self.wfile.flush()
        self.hang_up()

    def on_race(self, _: str) -> None:
        """Serves one request a connection and closes when the second one arrives."""
        if self.served:
            self.hang_up()
        else:
            self.answer(200, "{}")

    def on_torn(self, _: str) -> None:
        """Like a race, but the answer has begun when the connection closes."""
        if self.served:
            self.wfile.write(b"HTTP/1.1 2")
            self.hang_up()
        else:
            self.answer(200, "{}")

    def on_documents(self, rest: str) -> None:
        if self.command == "POST":
            key = str(len(self.server.documents))
            self.server.documents[key] = self.body
            self.answer(201, json.dumps({"id": key}))
        elif rest == "none":
            self.answer(404, "{}")
        elif rest == "other":
            self.answer(200, '{"text": "somebody else\'s"}')
        else:
            self.answer(200, self.server.documents[rest])


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.gate.set()
        server.shutdown()
        thread.join()


Talk = Callable[[ServerConnection, int], None]


class Wire:
    """A WebSocket server; each connection is handed to ``talk`` with its ``after``."""

    def __init__(self, talk: Talk) -> None:
        self.afters: list[int] = []
        self._talk = talk
        self.server: Server = serve(self._serve, "127.0.0.1", 0, compression=None)
        self.port: int = self.server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self.server.serve_forever)
        self._thread.start()

    def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        after = int(query.get("after", ["-1"])[0])
        self.afters.append(after)
        self._talk(connection, after)

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()


@pytest.fixture
def wire() -> Iterator[Callable[[Talk], Wire]]:
    opened: list[Wire] = []

    def open_wire(talk: Talk) -> Wire:
        opened.append(Wire(talk))
        return opened[-1]

    yield open_wire
    for each in opened:
        each.close()


Probe = Callable[..., Evidence]


@pytest.fixture
def probe() -> Probe:
    """Runs a prober until its evidence satisfies a condition, and stops it."""

    def run(traffic: Traffic, until: Callable[[Evidence], bool]) -> Evidence:
        with ProbeProcess() as prober:
            prober.start(traffic)
            wait_for(lambda: until(prober.snapshot()))
            return prober.stop()

    return run


def wait_for(condition: Callable[[], bool]) -> None:
    """Poll until true; the limit only ends a test that has failed."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    return wait_for


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
