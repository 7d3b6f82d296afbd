"""What the engine, Compose and nginx of this small world share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hitless.domain.answer import Answer
from hitless.domain.container import Container, Network
from hitless.domain.errors import EngineFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hitless.adapters.memory.app import App
    from hitless.adapters.memory.clock import MemoryClock
    from hitless.domain.container import Output

KILLED = 137
FIRST_PORT = 40_000


@dataclass(slots=True, kw_only=True)
class Box:
    """A container that changes with time.

    Attributes:
        started: When its process started; None before that and after a stop.
        ended: It ran and was stopped.
        wish: The service's part of the Compose model, to see whether it changed.
        restarted: How often the engine did so without the program's own fault.
        restart: The engine starts it again when its process ends by itself.
    """

    id: str
    name: str
    project: str
    service: str
    labels: Mapping[str, str]
    image: str
    app: App
    environment: Mapping[str, str]
    address: str
    ports: Mapping[int, int]
    wish: Mapping[str, Any]
    networks: frozenset[str]
    restart: bool = False
    started: float | None = None
    paused: bool = False
    ended: bool = False
    exit_code: int = 0
    restarted: int = 0

    def age(self, now: float) -> float:
        """Seconds since its process last started."""
        age = now - (self.started or 0.0)
        return age % self.app.crashes_after if self.restart and age > 0 else age

    def crashes(self, now: float) -> int:
        """How often its process ended by itself."""
        return 0 if self.started is None else int((now - self.started) / self.app.crashes_after)

    def running(self, now: float) -> bool:
        """Its process runs, be it paused."""
        return self.started is not None and (self.restart or not self.crashes(now))

    def seen(self, now: float) -> Container:
        """What the engine tells of it."""
        running, crashes = self.running(now), self.crashes(now)
        return Container(
            id=self.id,
            name=self.name,
            labels=self.labels,
            state=self._state(now),
            health=self.app.health(self.age(now)) if running else "",
            image=self.image,
            ports=self.ports if running else {},
            exit_code=0 if running else (self.app.exit_code if crashes else self.exit_code),
            restarts=self.restarted + (crashes if self.restart else 0),
            oom_killed=self.app.out_of_memory and crashes > 0,
        )

    def _state(self, now: float) -> str:
        if self.running(now):
            return "paused" if self.paused else "running"
        return "exited" if self.ended or self.started is not None else "created"


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection of the edge to a container, open until a moment or for ever."""

    address: str
    until: float
    websocket: bool = False


@dataclass
class Machine:
    """Containers, images, networks and volumes of one machine.

    Attributes:
        apps: Image id → the program in it.
        images: Image name → image id.
        source: Compose service → what a build of it would make now.
        remote: Image name → what a pull of it would bring.
        connections: Open connections of the edge.
        kept: Path → what was posted; every program finds it there.
        schema: The revision of the database's schema.
        inside: Container → what programs that are run inside it answer.
        on_change: Called before (``done`` false) and after each single change, with
            what it is; an exception from it cuts the change off, or short.
    """

    clock: MemoryClock
    boxes: dict[str, Box] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    source: dict[str, App] = field(default_factory=dict)
    remote: dict[str, App] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    volumes: dict[str, str] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    schema: str = ""
    inside: dict[str, Callable[[tuple[str, ...]], Output]] = field(default_factory=dict)
    on_change: list[Callable[[str, bool], None]] = field(default_factory=list)
    _made: int = 0
    _ports: int = 0

    def change(self, what: str, act: Callable[[], object]) -> None:
        """One single change of this world; everything that changes goes through here."""
        for call in tuple(self.on_change):
            call(what, False)  # noqa: FBT003  # see on_change
        act()
        for call in tuple(self.on_change):
            call(what, True)  # noqa: FBT003

    def new_id(self) -> str:
        """An id that nothing has."""
        self._made += 1
        return hashlib.sha256(str(self._made).encode()).hexdigest()

    def find(self, container: str) -> Box:
        """A container by id or name.

        Raises:
            EngineFailed: when there is none.
        """
        box = self.look(container)
        if box is None:
            raise EngineFailed(f"No such container: {container}")
        return box

    def look(self, container: str) -> Box | None:
        """A container by id or name; None when there is none."""
        return next((b for b in self.boxes.values() if container in (b.id, b.name)), None)

    def add_image(self, name: str, app: App) -> str:
        """An image on this machine; equal programs make equal images."""
        image = f"sha256:{hashlib.sha256(repr(app).encode()).hexdigest()}"
        self.apps[image] = app
        self.images[name] = image
        return image

    def image(self, name: str) -> str | None:
        """The id of a local image, by name or id."""
        return name if name in self.apps and self._named(name) else self.images.get(name)

    def running(self) -> Iterator[Box]:
        """Containers whose process runs."""
        now = self.clock.monotonic()
        return (box for box in self.boxes.values() if box.running(now))

    def request(self, server: str, path: str) -> Answer | None:
        """What ``address:port`` answers; None when nobody listens there."""
        address, _, port = server.partition(":")
        now = self.clock.monotonic()
        for box in self.running():
            if box.address == address and box.app.port == int(port) and not box.paused:
                return _answer(box, path, now, self.kept)
        return None

    def keep(self, path: str, body: bytes) -> int:
        """What was posted below a path; returns the number under which it is found."""
        number = len(self.kept) + 1
        self.kept[f"{path}/{number}"] = body
        return number

    def free_port(self) -> int:
        """A host port that was never given before."""
        self._ports += 1
        return FIRST_PORT + self._ports

    def _named(self, image: str) -> bool:
        return image in self.images.values()


def _answer(box: Box, path: str, now: float, kept: Mapping[str, bytes]) -> Answer:
    headers = {"content-type": box.app.content_type}
    if box.app.tells_release and "HITLESS_RELEASE" in box.environment:
        headers["x-release"] = box.environment["HITLESS_RELEASE"]
    status = box.app.status(path.partition("?")[0], box.age(now))
    text = box.app.text.encode()
    return Answer(status, headers, text if box.app.forgets else kept.get(path, text))
