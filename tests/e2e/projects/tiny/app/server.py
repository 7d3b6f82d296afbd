"""A service that behaves as well, or as badly, as behaviour.json in its image says.

Usage: server.py web | worker | migrate
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DEFAULTS: dict[str, Any] = {
    "text": "one",
    "boot_seconds": 0.0,
    "ready": True,
    "unready_after_seconds": 0.0,  # of its life; it serves on as if nothing was
    "flaps_seconds": 0.0,  # ready for so long, then not for as long, and so on
    "on_term": "graceful",  # or abrupt, or ignored
    "worker_on_term": "graceful",  # or ignored
    "dies_after_requests": 0,
    "hangs_after_requests": 0,
    "leaks_kilobytes": 0,  # with each request that comes when it is warm
    "fails_every": 0,  # of the requests that come when it is warm
    "takes_seconds": 0.0,
    "only_html": False,
    "migration_fails": False,
}
NOTES = Path("/data")
ASSETS = Path(__file__).with_name("assets")
WARM = 100  # requests; no gate before the cutover sends as many
IDLE_SECONDS = 5.0  # after which common servers close a connection by themselves
BEHAVIOUR = DEFAULTS | json.loads(Path(__file__).with_name("behaviour.json").read_text())


BEGAN = time.monotonic()
LEAKED: list[bytes] = []


def ready() -> bool:
    """What it says of itself."""
    age, until, flaps = (
        time.monotonic() - BEGAN,
        BEHAVIOUR["unready_after_seconds"],
        BEHAVIOUR["flaps_seconds"],
    )
    well = not 0 < until < age and not (flaps and int(age / flaps) % 2)
    return bool(BEHAVIOUR["ready"]) and well


class Server(ThreadingHTTPServer):
    """Counts what is under way, so that a graceful end can wait for it."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self) -> None:
        super().__init__(("", 8000), Handler)
        self.changed = threading.Condition()
        self.under_way = 0
        self.served = 0

    def end(self) -> None:
        """Accept nothing more, finish what is under way, leave."""
        self.socket.close()
        with self.changed:
            self.changed.wait_for(lambda: not self.under_way)
        os._exit(0)


class Handler(BaseHTTPRequestHandler):
    """Answers users, probes, and the tests' questions."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def log_message(self, *_: object) -> None:
        """Keep the log for what matters."""

    def do_GET(self) -> None:
        """One request."""
        with self.server.changed:
            self.server.under_way += 1
        try:
            self.respond()
            self.wfile.flush()
        finally:
            with self.server.changed:
                self.server.under_way -= 1
                self.server.changed.notify_all()

    def do_POST(self) -> None:
        """Another one."""
        self.do_GET()

    def respond(self) -> None:
        """By path."""
        path, _, query = self.path.partition("?")
        if path == "/ready":
            self.answer(200 if ready() else 503, {"ready": ready()})
            return
        self.count()
        time.sleep(BEHAVIOUR["takes_seconds"])
        if self.fails():
            self.answer(500, {"error": "under traffic"})
        elif BEHAVIOUR["only_html"]:
            self.send(200, b"<!doctype html><title>app</title>", "text/html")
        elif path.startswith("/assets/"):
            self.asset(path.rpartition("/")[2])
        elif path == "/slow":
            time.sleep(float(query or 3))
            self.answer(200, {"slow": True})
        elif path.startswith("/notes"):
            self.note(path.removeprefix("/notes").strip("/"))
        else:
            self.answer(200, {"text": BEHAVIOUR["text"], "release": os.environ["HITLESS_RELEASE"]})

    def asset(self, name: str) -> None:
        """A hashed file of this release's own build, and of no other."""
        if (ASSETS / name).is_file():
            self.send(200, (ASSETS / name).read_bytes(), "text/javascript")
        else:
            self.answer(404, {})

    def note(self, name: str) -> None:
        """A write that both slots can read."""
        if self.command == "POST":
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made = uuid.uuid4().hex
            (NOTES / made).write_bytes(body)
            self.answer(201, {"id": made})
        elif (NOTES / name).is_file():
            self.send(200, (NOTES / name).read_bytes(), "application/json")
        else:
            self.answer(404, {})

    def count(self) -> None:
        """Die, hang or grow with the request that is one too many."""
        self.server.served += 1
        limit = BEHAVIOUR["dies_after_requests"]
        if limit and self.server.served > limit:
            print("out of patience", flush=True)
            os._exit(1)
        if 0 < BEHAVIOUR["hangs_after_requests"] < self.server.served:
            threading.Event().wait()
        if self.server.served > WARM:
            LEAKED.append(b"x" * 1024 * BEHAVIOUR["leaks_kilobytes"])

    def fails(self) -> bool:
        """Some requests, and only under traffic."""
        every, served = BEHAVIOUR["fails_every"], self.server.served
        return bool(every) and served > WARM and served % every == 0

    def answer(self, status: int, document: dict[str, Any]) -> None:
        """JSON."""
        self.send(status, json.dumps(document).encode(), "application/json")

    def send(self, status: int, body: bytes, kind: str) -> None:
        """An answer that tells its release."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Release", os.environ["HITLESS_RELEASE"])
        self.end_headers()
        self.wfile.write(body)


def serve() -> None:
    """Until SIGTERM."""
    print(f"{BEHAVIOUR['text']} starts", flush=True)
    time.sleep(BEHAVIOUR["boot_seconds"])
    server = Server()

    on_term = BEHAVIOUR["worker_on_term" if sys.argv[1] == "worker" else "on_term"]

    def terminate(*_: object) -> None:
        if on_term == "abrupt":
            os._exit(0)
        if on_term == "graceful":
            threading.Thread(target=server.end).start()

    signal.signal(signal.SIGTERM, terminate)
    if not BEHAVIOUR["ready"]:
        print("the database is not there", flush=True)
    try:
        server.serve_forever()
    except OSError:
        threading.Event().wait()  # the listener is closed; end() leaves


def migrate() -> None:
    """A schema change that may fail."""
    if BEHAVIOUR["migration_fails"]:
        sys.exit('relation "notes" already exists')
    print("schema is at head")


if __name__ == "__main__":
    {"web": serve, "worker": serve, "migrate": migrate}[sys.argv[1]]()
