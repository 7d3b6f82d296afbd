"""The container engine of the small world."""

from __future__ import annotations

import io
import tarfile
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from hitless.adapters.memory.machine import KILLED, Box, Machine
from hitless.domain import container as label
from hitless.domain.container import Network, Output, Role
from hitless.domain.errors import EngineFailed, HitlessError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.adapters.memory.nginx import Nginx
    from hitless.domain.container import Container

STOP_SECONDS = 10.0  # the engine's default
TCP_HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when"
NO_TIMER, KEEPALIVE_TIMER = "00", "02"


class MemoryEngine:
    """Implements :class:`hitless.domain.ports.Engine`.

    Args:
        machine: What there is.
        nginx: What runs inside the edge.

    Attributes:
        broken: Raised by every method while it is set, as when the engine is down.
    """

    def __init__(self, machine: Machine, nginx: Nginx) -> None:
        self._machine = machine
        self._nginx = nginx
        self.broken: HitlessError | None = None

    def version(self) -> str:
        """The engine's version."""
        self._answer()
        return "memory"

    def containers(self, service: str) -> tuple[Container, ...]:
        """All containers with our label for ``service``, stopped ones included."""
        now = self._answer()
        mine = (b for b in self._machine.boxes.values() if b.labels.get(label.SERVICE) == service)
        return tuple(box.seen(now) for box in mine)

    def project(self, name: str) -> tuple[Container, ...]:
        """All containers of a Compose project, whoever made them, stopped ones included."""
        now = self._answer()
        return tuple(b.seen(now) for b in self._machine.boxes.values() if b.project == name)

    def anonymous_volumes(self, container: str) -> tuple[str, ...]:
        """Where in a container volumes are that have no name of their own."""
        self._answer()
        volumes = self._machine.find(container).wish.get("volumes") or ()
        found = (v for v in volumes if v["type"] == "volume" and not v.get("source"))
        return tuple(sorted(str(v["target"]) for v in found))

    def inspect(self, container: str) -> Container:
        """One container with exit code, restarts, health and the OOM flag."""
        now = self._answer()
        return self._machine.find(container).seen(now)

    def memory(self, container: str) -> int:
        """Bytes that a container holds; 0 while it does not run."""
        now = self._answer()
        box = self._machine.find(container)
        return box.app.memory if box.running(now) else 0

    def start(self, container: str) -> None:
        """Start or unpause; no effect on a running container."""
        now = self._answer()
        box = self._machine.find(container)
        if box.paused or not box.running(now):
            self._machine.change(f"start {box.name}", lambda: self._start(box, now))

    def stop(self, container: str, timeout: float | None) -> int | None:
        """SIGTERM, SIGKILL after ``timeout`` seconds, or its own; returns the exit code."""
        now = self._answer()
        box = self._machine.look(container)
        if box is None:
            return None
        if box.running(now):
            self._machine.change(f"stop {box.name}", lambda: self._stop(box, _grace(box, timeout)))
        return box.seen(self._machine.clock.monotonic()).exit_code

    def remove(self, container: str) -> None:
        """Remove a container, by force; no effect when it is gone."""
        self._answer()
        box = self._machine.look(container)
        if box:
            self._machine.change(f"remove {box.name}", partial(self._forget, box))

    def signal(self, container: str, name: str) -> None:
        """Send a signal such as ``HUP`` to a container's first process."""
        now = self._answer()
        box = self._machine.find(container)
        if not box.running(now):
            raise EngineFailed(f"container {box.name} is not running")
        if name == "HUP" and _is_edge(box):
            self._machine.change(f"HUP {box.name}", self._nginx.load)

    def run_in(self, container: str, command: Sequence[str]) -> Output:
        """Run a program inside a running container."""
        now = self._answer()
        box = self._machine.find(container)
        if not box.running(now):
            raise EngineFailed(f"container {box.name} is not running")
        if tuple(command) == ("cat", "/proc/net/tcp"):
            return Output(0, "\n".join((TCP_HEAD, *self._connections())) + "\n")
        if tuple(command[:2]) == ("ls", "-A"):
            return Output(0, box.app.data)
        if _is_edge(box) and tuple(command[:2]) == ("nginx", "-t"):
            wrong = self._nginx.test()
            return Output(1 if wrong else 0, wrong or "test is successful\n")
        inside = self._machine.inside.get(box.name)
        return inside(tuple(command)) if inside else Output(127, f"{command[0]}: not found\n")

    def logs(self, container: str, lines: int) -> str:
        """The last lines of a container's output."""
        self._answer()
        printed = self._machine.find(container).app.prints
        return "".join(printed.splitlines(keepends=True)[-lines:])

    def archive(self, container: str, path: str, most: int) -> bytes:
        """A directory of a container as a tar: the program's own files, wherever asked for."""
        self._answer()
        files = self._machine.find(container).app.files
        if not files:
            raise EngineFailed(f"Could not find the file {path} in container {container}")
        return _archive(path.rpartition("/")[2], files)[:most]

    def image_id(self, name: str) -> str | None:
        """The id (``sha256:…``) of a local image; None when it is absent."""
        self._answer()
        return self._machine.image(name)

    def tag(self, image: str, name: str) -> None:
        """Give a local image another name."""
        self._answer()
        found = self._machine.image(image)
        if found is None:
            raise EngineFailed(f"No such image: {image}")
        self._machine.change(f"tag {name}", lambda: self._machine.images.update({name: found}))

    def untag(self, name: str) -> None:
        """Take a name away; the image goes when it was the last one in use."""
        self._answer()
        if name in self._machine.images:
            self._machine.change(f"untag {name}", lambda: self._machine.images.pop(name, None))

    def images(self, prefix: str) -> tuple[str, ...]:
        """All local image names that begin with ``prefix``."""
        self._answer()
        return tuple(sorted(n for n in self._machine.images if n.startswith(prefix)))

    def networks(self) -> tuple[Network, ...]:
        """All networks of the engine with their subnets."""
        self._answer()
        return tuple(self._machine.networks.values())

    def attached(self, network: str) -> dict[str, str]:
        """Address → name, of the running containers on a network; empty without it."""
        self._answer()
        return {b.address: b.name for b in self._machine.running() if network in b.networks}

    def create_network(self, name: str, subnet: str, dynamic: str, service: str) -> None:
        """A bridge network; ``dynamic`` is the range the engine may choose from."""
        self._answer()
        wanted = IPv4Network(subnet)
        if not IPv4Network(dynamic).subnet_of(wanted):
            raise EngineFailed(f"{dynamic} is no part of {subnet}")
        for one in self._machine.networks.values():
            if one.name == name:
                raise EngineFailed(f"network with name {name} already exists")
            if any(wanted.overlaps(IPv4Network(taken)) for taken in one.subnets):
                raise EngineFailed("Pool overlaps with other one on this address space")
        made = Network(self._machine.new_id(), name, (subnet,), {label.SERVICE: service})
        known = self._machine.networks
        self._machine.change(f"create network {name}", lambda: known.update({name: made}))

    def remove_network(self, name: str) -> None:
        """Remove a network; no effect when it is gone."""
        self._answer()
        if name not in self._machine.networks:
            return
        if any(name in box.networks for box in self._machine.running()):
            raise EngineFailed(f"network {name} has active endpoints")
        known = self._machine.networks
        self._machine.change(f"remove network {name}", lambda: known.pop(name, None))

    def ensure_volume(self, name: str, service: str) -> None:
        """A named volume with our label, unless one of that name exists."""
        self._answer()
        known = self._machine.volumes
        if name not in known:
            self._machine.change(f"create volume {name}", lambda: known.update({name: service}))

    def volumes(self, service: str) -> tuple[str, ...]:
        """The names of the volumes made for ``service``."""
        self._answer()
        return tuple(n for n, owner in self._machine.volumes.items() if owner == service)

    def remove_volume(self, name: str) -> None:
        """Remove a volume and what is in it."""
        self._answer()
        known = self._machine.volumes
        if name in known:
            self._machine.change(f"remove volume {name}", lambda: known.pop(name, None))

    def _answer(self) -> float:
        """The time now, if the engine answers at all."""
        if self.broken:
            raise self.broken
        return self._machine.clock.monotonic()

    def _start(self, box: Box, now: float) -> None:
        if not box.paused:
            box.started = now
            if _is_edge(box):
                self._nginx.load()
        box.paused = False

    def _stop(self, box: Box, timeout: float) -> None:
        self._machine.clock.sleep(min(box.app.stops_in, timeout))
        box.started, box.paused, box.ended = None, False, True
        box.exit_code = KILLED if box.app.stops_in > timeout else 0

    def _forget(self, box: Box) -> None:
        self._machine.boxes.pop(box.id, None)

    def _connections(self) -> Iterator[str]:
        now, alive = self._machine.clock.monotonic(), {b.address for b in self._machine.running()}
        for number, one in enumerate(self._machine.connections):
            if one.until > now and one.address in alive:
                timer = KEEPALIVE_TIMER if one.websocket else NO_TIMER
                remote = IPv4Address(one.address).packed[::-1].hex().upper()
                yield f"{number:4}: 0200CB0A:C350 {remote}:1F40 01 0:0 {timer}:00000000 0 101"


def _grace(box: Box, timeout: float | None) -> float:
    own = str(box.wish.get("stop_grace_period", STOP_SECONDS))
    return float(own.removesuffix("s")) if timeout is None else timeout


def _is_edge(box: Box) -> bool:
    return box.labels.get(label.ROLE) == Role.EDGE


def _archive(root: str, names: Sequence[str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in names:
            content = f"content of {name}".encode()
            member = tarfile.TarInfo(f"{root}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()
