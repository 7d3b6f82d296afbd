"""The same small programs in memory and in real containers, for the contract tests."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hitless.adapters.docker_compose import DockerCompose
from hitless.adapters.docker_engine import DockerEngine, socket_path
from hitless.adapters.http_client import LocalHttp
from hitless.adapters.memory.app import App
from hitless.adapters.shell import Shell
from hitless.domain.container import SERVICE
from hitless.stack.subnet import choose
from testing.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.domain.container import Container
    from hitless.domain.ports import Compose, Engine, Http

IMAGE = "python:3.13-slim-trixie"
PATIENCE = 20.0
SERVER = """
import http.server, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("X-Mine", "Yes"); self.end_headers()
        self.wfile.write(b"hello")
    def log_message(self, *_): pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.HTTPServer(("", 8000), Handler).serve_forever()
"""
NOTES = """
import base64, hashlib, http.server, signal, sys
kept = []
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers.get("Upgrade") == "websocket":
            return self.greet()
        self.say(200, kept[int(self.path.rpartition("/")[2]) - 1] if kept else b"hello")
    def do_POST(self):
        kept.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.say(201, b'{"id": %d}' % len(kept))
    def greet(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101); self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_header("Sec-WebSocket-Accept", accept); self.end_headers()
        self.wfile.write(b"\\x81\\x05hello" if self.path == "/ws" else b"")
        self.rfile.read(1)
    def say(self, status, body):
        self.send_response(status); self.send_header("Content-Length", str(len(body)))
        self.end_headers(); self.wfile.write(body)
    def log_message(self, *_): pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
Handler.protocol_version = "HTTP/1.1"
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
SLOW = (
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(4), exit(0)))\n"
    "time.sleep(600)"
)
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


@dataclass(frozen=True)
class Program:
    """One behaviour: as a script in memory, and as a command in a real image."""

    app: App
    command: tuple[str, ...]
    extra: tuple[tuple[str, Any], ...] = ()


PROGRAMS = {
    "serves": Program(App(text="hello", files=("passwd",)), ("python", "-u", "-c", SERVER)),
    "keeps notes": Program(App(text="hello"), ("python", "-u", "-c", NOTES)),
    "fails": Program(App(crashes_after=0.01, exit_code=3), ("python", "-c", "exit(3)")),
    "stubborn": Program(App(stops_in=600.0), ("python", "-c", STUBBORN)),
    "takes four seconds to end": Program(
        App(stops_in=4.0), ("python", "-c", SLOW), (("stop_grace_period", "1s"),)
    ),
    "prints": Program(
        App(prints="".join(f"line {n}\n" for n in range(9)), stops_in=0.0),
        ("python", "-u", "-c", f"[print('line', n) for n in range(9)]\n{SERVER}"),
    ),
    "healthy": Program(
        App(healthy_in=0.5),
        ("python", "-u", "-c", SERVER),
        (("healthcheck", {"test": ["CMD", "true"], "interval": "500ms"}),),
    ),
    "keeps": Program(
        App(text="hello"),
        ("python", "-u", "-c", SERVER),
        (("volumes", [{"type": "volume", "target": "/kept"}]),),
    ),
    "migrates": Program(App(prints="done\n"), ("python", "-c", "print('done')")),
    "migrates badly": Program(
        App(prints="no table\n", exit_code=4), ("python", "-c", "print('no table'); exit(4)")
    ),
    "never ends": Program(App(takes=600.0), ("python", "-u", "-c", SERVER)),
}


class Ground(Protocol):
    """An engine, a Compose and programs to run."""

    @property
    def service(self) -> str:
        """The name that everything of the test begins with."""

    @property
    def directory(self) -> Path:
        """Where files of the test lie."""

    @property
    def engine(self) -> Engine:
        """The engine."""

    @property
    def compose(self) -> Compose:
        """Compose."""

    @property
    def http(self) -> Http:
        """Requests to what is published."""

    @property
    def subnet(self) -> str:
        """A subnet that is free."""

    def image(self, program: str) -> str:
        """The name of an image with the program."""

    def pause(self, seconds: float) -> None:
        """Let time pass."""


def model(ground: Ground, **programs: str) -> Path:
    """A Compose model of these services, each running one program."""
    document = {
        "name": ground.service,
        "services": {name: _service(ground, name, program) for name, program in programs.items()},
        "networks": {"main": {"name": f"{ground.service}-net", "external": True}},
    }
    path = ground.directory / "model.json"
    path.write_text(json.dumps(document))
    return path


def _service(ground: Ground, name: str, program: str) -> dict[str, Any]:
    chosen = PROGRAMS[program]
    return {
        "image": ground.image(program),
        "command": list(chosen.command),
        "container_name": f"{ground.service}-{name}",
        "init": True,
        "labels": {SERVICE: ground.service, "io.hitless.name": name},
        "networks": {"main": None},
        "ports": [{"target": 8000, "host_ip": "127.0.0.1", "protocol": "tcp"}],
        **dict(chosen.extra),
    }


class MemoryGround:
    """Everything in memory."""

    def __init__(self, directory: Path, service: str) -> None:
        self.world = Service(directory / "shop")
        self.service, self.directory = service, directory
        self.engine, self.compose = self.world.engine, self.world.compose
        self.http, self.subnet = self.world.http, "10.151.9.0/24"
        for name, program in PROGRAMS.items():
            self.world.machine.add_image(self.image(name), program.app)

    def image(self, program: str) -> str:
        """An image of its own for each program."""
        return f"programs/{program.replace(' ', '-')}:1"

    def pause(self, seconds: float) -> None:
        """Move the clock."""
        self.world.clock.sleep(seconds)

    def clear(self) -> None:
        """Nothing of it outlives the test."""


class RealGround:
    """The engine of this machine; everything bears the test's own name."""

    def __init__(self, directory: Path, service: str) -> None:
        self.service, self.directory = service, directory
        self.engine = DockerEngine(socket_path())
        self.compose = DockerCompose(Shell(), socket_path())
        self.http = LocalHttp()
        self.subnet = choose(service, f"{service}-net", None, self.engine.networks())

    def image(self, program: str) -> str:  # noqa: ARG002  # the command makes the program
        """One image; the command decides."""
        return IMAGE

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def clear(self) -> None:
        """Remove what bears this test's label or name."""
        for container in self.engine.containers(self.service):
            self.engine.remove(container.id)
        for network in self.engine.networks():
            if network.name.startswith(self.service):
                self.engine.remove_network(network.name)
        for volume in self.engine.volumes(self.service):
            self.engine.remove_volume(volume)
        for name in self.engine.images(f"hitless/{self.service}/"):
            self.engine.untag(name)


def name_of(test: str) -> str:
    """A name that no other checkout and no other test has."""
    return "ct" + hashlib.sha256(f"{Path.cwd()} {test}".encode()).hexdigest()[:10]


def until(ground: Ground, container: str, wanted: Callable[[Container], bool]) -> Container:
    """The container once it is as wanted; its last state when that takes too long."""
    waited = 0.0
    while not wanted(found := ground.engine.inspect(container)) and waited < PATIENCE:
        ground.pause(0.1)
        waited += 0.1
    return found
