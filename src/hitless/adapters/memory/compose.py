"""Docker Compose of the small world: resolved models become containers."""

from __future__ import annotations

import json
import re
from functools import partial
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from hitless.adapters.memory.machine import Box, Machine
from hitless.domain.container import (
    COMPOSE_ONE_OFF,
    COMPOSE_PROJECT,
    COMPOSE_SERVICE,
    Network,
    Output,
)
from hitless.domain.errors import CommandFailed, ComposeUnresolved, ImageMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hitless.adapters.memory.app import App
    from hitless.adapters.memory.engine import MemoryEngine

Model = dict[str, Any]
VERSION = re.compile(r"\$\{HITLESS_VERSION(?::-([^}]*))?\}")
OWN_SUBNETS = [f"172.{number}.0.0/16" for number in range(18, 256)]


def _by_compose(project: str, service: str) -> dict[str, str]:
    return {COMPOSE_PROJECT: project, COMPOSE_SERVICE: service, COMPOSE_ONE_OFF: "False"}


class MemoryCompose:
    """Implements :class:`hitless.domain.ports.Compose`.

    Compose files are JSON in the long form that ``docker compose config`` prints.
    """

    def __init__(self, machine: Machine, engine: MemoryEngine) -> None:
        self._machine = machine
        self._engine = engine

    def version(self) -> str:
        """The version of Docker Compose."""
        return "memory"

    def resolve(self, directory: Path, files: Sequence[str], version: str) -> Model:
        """The model after interpolation and merging."""
        model: Model = {"name": directory.name, "services": {}, "volumes": {}}
        for file in files:
            text = VERSION.sub(
                lambda found: version or found[1] or "", (directory / file).read_text()
            )
            try:
                read = json.loads(text)
                model["services"] |= read["services"]
                model["volumes"] |= read.get("volumes") or {}
            except (ValueError, KeyError, TypeError) as error:
                reason = f"docker compose cannot resolve {', '.join(files)}"
                raise ComposeUnresolved(reason, "", (str(error),)) from error
        return model

    def build(
        self, directory: Path, files: Sequence[str], version: str, services: Sequence[str]
    ) -> None:
        """Build the images of ``services`` from what their source is now."""
        model = self.resolve(directory, files, version)
        for name in services:
            if name not in self._machine.source:
                raise CommandFailed(f"docker compose build {name} ended with 1")
            image = model["services"][name].get("image") or f"{model['name']}-{name}"
            app = self._machine.source[name]
            self._machine.change(f"build {name}", partial(self._add, image, app))

    def pull(
        self, directory: Path, files: Sequence[str], version: str, services: Sequence[str]
    ) -> None:
        """Pull the images of ``services``."""
        model = self.resolve(directory, files, version)
        for name in services:
            self._pull(model["services"][name]["image"], f"image of service {name}")

    def pull_image(self, image: str) -> None:
        """Pull an image that no Compose file names."""
        self._pull(image, f"image {image!r}")

    def _pull(self, image: str, what: str) -> None:
        if image not in self._machine.remote:
            raise ImageMissing(f"{what} is not here and cannot be pulled")
        app = self._machine.remote[image]
        self._machine.change(f"pull {image}", partial(self._add, image, app))

    def up(self, project: str, model: Path, services: Sequence[str] = ()) -> None:
        """Create and start containers exactly as ``model`` says; never build or pull."""
        document = json.loads(model.read_text())
        self._provide(document)
        for name in services or document["services"]:
            self._engine.start(self._present(project, document, name).id)

    def run(
        self,
        project: str,
        model: Path,
        service: str,
        timeout: float,
        command: Sequence[str] = (),
    ) -> Output:
        """Run a one-shot service to its end; its container is removed.

        Any command of its own tells the schema's revision.
        """
        document = json.loads(model.read_text())
        self._provide(document)
        box = self._made(project, document, service, f"{project}-{service}-run")
        self._machine.change(f"create {box.name}", lambda: self._keep(box))
        self._engine.start(box.id)
        self._machine.clock.sleep(min(box.app.takes, timeout))
        if box.app.takes > timeout:  # like the real one it leaves the container behind
            raise CommandFailed(f"docker compose run {service} took longer than {timeout:g} s")
        self._engine.remove(box.id)
        if command:
            return Output(0, self._machine.schema)
        if not box.app.exit_code:
            self._machine.schema = box.app.migrates_to or self._machine.schema
        return Output(box.app.exit_code, box.app.prints)

    def _add(self, image: str, app: App) -> None:
        self._machine.add_image(image, app)

    def _keep(self, box: Box) -> None:
        self._machine.boxes[box.id] = box

    def _present(self, project: str, document: Model, name: str) -> Box:
        """The container of a service: the one there is, if it is as the model says."""
        container = document["services"][name].get("container_name") or f"{project}-{name}-1"
        for old in [b for b in self._machine.boxes.values() if b.name == container]:
            if old.project != project:
                raise CommandFailed(f"the container name {container} is already in use")
            if old.wish == document["services"][name]:
                return old
            self._engine.remove(old.id)
        box = self._made(project, document, name, container)
        self._machine.change(f"create {box.name}", lambda: self._keep(box))
        return box

    def _made(self, project: str, document: Model, name: str, container: str) -> Box:
        wish = document["services"][name]
        image = self._machine.image(wish["image"])
        if image is None:
            raise CommandFailed(f"No such image: {wish['image']}")
        networks = wish.get("networks") or {}
        fixed = (networks.get("main") or {}).get("ipv4_address", "")
        return Box(
            id=self._machine.new_id(),
            name=container,
            project=project,
            service=name,
            labels={**(wish.get("labels") or {}), **_by_compose(project, name)},
            image=image,
            app=self._machine.apps[image],
            environment=wish.get("environment") or {},
            address=self._address(fixed, document),
            ports=dict(self._ports(wish)),
            wish=wish,
            networks=frozenset(document["networks"][key]["name"] for key in networks),
            restart=wish.get("restart") == "unless-stopped",
        )

    def _address(self, fixed: str, document: Model) -> str:
        taken = {box.address for box in self._machine.running()}
        if fixed:
            if fixed in taken:
                raise CommandFailed("Address already in use")
            return fixed
        name = next(iter(document["networks"].values()))["name"]
        hosts = IPv4Network(self._machine.networks[name].subnets[0]).hosts()
        return next(str(host) for host in reversed(list(hosts)) if str(host) not in taken)

    def _ports(self, wish: Model) -> Iterator[tuple[int, int]]:
        for port in wish.get("ports") or ():
            published = int(port.get("published") or self._machine.free_port())
            yield int(port["target"]), published

    def _provide(self, document: Model) -> None:
        """Networks and volumes: what is external must exist, the rest is made."""
        for volume in (document.get("volumes") or {}).values():
            if volume["name"] not in self._machine.volumes:
                raise CommandFailed(f"external volume {volume['name']!r} not found")
        for network in (document.get("networks") or {}).values():
            name = network["name"]
            if name in self._machine.networks:
                continue
            if network.get("external"):
                raise CommandFailed(f"network {name} declared as external, but could not be found")
            self._machine.change(f"create network {name}", partial(self._network, name))

    def _network(self, name: str) -> None:
        taken = {s for one in self._machine.networks.values() for s in one.subnets}
        subnet = next(one for one in OWN_SUBNETS if one not in taken)
        self._machine.networks[name] = Network(self._machine.new_id(), name, (subnet,))
