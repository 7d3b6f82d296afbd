"""A small service on a machine in memory, and the processes that release it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hitless.adapters.memory.access_log import MemoryAccessLog
from hitless.adapters.memory.app import App
from hitless.adapters.memory.clock import MemoryClock
from hitless.adapters.memory.compose import MemoryCompose
from hitless.adapters.memory.edge import MemoryEdge
from hitless.adapters.memory.engine import MemoryEngine
from hitless.adapters.memory.http import MemoryHttp
from hitless.adapters.memory.machine import Machine
from hitless.adapters.memory.nginx import Nginx
from hitless.adapters.memory.notifier import MemoryNotifier
from hitless.adapters.memory.prober import MemoryProber
from hitless.adapters.memory.process import (
    MemoryBackground,
    MemoryHost,
    MemoryInterrupts,
    MemoryLock,
    MemoryReporter,
)
from hitless.adapters.memory.programs import MemoryPrograms
from hitless.adapters.memory.store import MemoryStore
from hitless.deploy.context import World
from hitless.domain.settings import (
    Migrations,
    Probe,
    Proxy,
    Route,
    Settings,
    SmokeCheck,
    Timing,
    Web,
    Worker,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hitless.domain.answer import Answer

PORT = 18_080
SUBNET = "10.150.7.0/24"

SETTINGS = Settings(
    service="shop",
    compose=("compose.yml",),
    proxy=Proxy(
        service="nginx",
        routes=(
            Route("/", "site"),
            Route("/api/", "api"),
            Route("/assets/", "site", assets=True),
            Route("/ws", "api", websocket=True),
        ),
        confirm="/api/version",
    ),
    web={"api": Web(8000, "/ready"), "site": Web(8000, "/")},
    workers={"worker": Worker(port=8000, ready="/ready")},
    accessories=("db",),
    migrations=Migrations("migrate"),
    smoke=(SmokeCheck("/api/version", contains="hello"),),
    probe=Probe(pages=("/", "/api/version")),
    timing=Timing(ready=20.0, bake=0.5, drain=5.0),
    subnet=SUBNET,
)
"""Two web services, a worker, a migration and a database behind nginx."""

MODEL: dict[str, Any] = {
    "services": {
        "nginx": {
            "image": "nginx:1",
            "ports": [{"target": 8080, "published": str(PORT), "protocol": "tcp"}],
        },
        "api": {"image": "shop/api:${HITLESS_VERSION}", "build": {"context": "."}},
        "site": {"image": "shop/site:${HITLESS_VERSION}", "build": {"context": "."}},
        "worker": {"image": "shop/worker:${HITLESS_VERSION}", "build": {"context": "."}},
        "migrate": {"image": "shop/migrate:${HITLESS_VERSION}", "build": {"context": "."}},
        "db": {
            "image": "db:1",
            "volumes": [{"type": "volume", "source": "data", "target": "/data"}],
        },
    },
    "volumes": {"data": {"name": "shop_data"}},
}
"""The same service as a resolved Compose model."""

BUILT = ("api", "site", "worker", "migrate")


@dataclass
class Service:
    """The service of :data:`SETTINGS` on a machine of its own.

    Attributes:
        directory: Where its compose.yml lies.
        child: Rollbacks go on in the process behind, not in the one that returns.
    """

    directory: Path
    settings: Settings = SETTINGS
    model: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(MODEL)))
    child: bool = False

    def __post_init__(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "compose.yml").write_text(json.dumps(self.model))
        self.clock = MemoryClock()
        self.machine = Machine(self.clock)
        self.edge = MemoryEdge(self.machine)
        self.nginx = Nginx(self.machine, self.edge)
        self.engine = MemoryEngine(self.machine, self.nginx)
        self.compose = MemoryCompose(self.machine, self.engine)
        self.http = MemoryHttp(self.machine, self.nginx)
        self.access_log = MemoryAccessLog(self.nginx)
        self.store = MemoryStore(self.machine)
        self.lock = MemoryLock(self.clock)
        self.host = MemoryHost()
        self.reporter = MemoryReporter()
        self.programs = MemoryPrograms(self.clock)
        self.notifier = MemoryNotifier()
        self.interrupts = MemoryInterrupts()
        self.machine.remote = {
            "nginx:1": App(text="edge"),
            "db:1": App(healthy_in=0.5),
        }
        self.make("one")

    def make(self, text: str, app: App | None = None, **others: App) -> None:
        """Change the source: ``app`` for all programs that are built, ``others`` by name."""
        base = app or App()
        for name in BUILT:
            self.machine.source[name] = replace(
                others.get(name, base), text=f"hello {text} {name}", prints=f"log of {name}\n"
            )

    def process(self) -> World:
        """The ports as a process that begins now sees them."""
        return World(
            directory=self.directory,
            home=self.directory / ".hitless",
            engine=self.engine,
            compose=self.compose,
            edge=self.edge,
            http=self.http,
            store=self.store.another(),
            prober=MemoryProber(self.clock, self.http),
            access_log=self.access_log,
            clock=self.clock,
            host=self.host,
            lock=self.lock,
            reporter=self.reporter,
            interrupts=self.interrupts,
            background=MemoryBackground(behind=self.child),
            programs=self.programs,
            notifier=self.notifier,
        )

    def ask(self, path: str = "/api/version", headers: Mapping[str, str] | None = None) -> Answer:
        """What a user gets now."""
        return self.http.look(PORT, path, headers or {})

    def names(self, *, running: bool = True) -> set[str]:
        """Names of the containers, by default of those whose process runs."""
        now = self.clock.monotonic()
        return {b.name for b in self.machine.boxes.values() if not running or b.running(now)}
