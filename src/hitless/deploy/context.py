"""Everything a step may use: the world, and what this deploy is about."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from hitless.deploy.remember import RECORD
from hitless.domain.codec import encode
from hitless.domain.container import Role
from hitless.domain.errors import HumanNeeded
from hitless.stack import projects
from hitless.stack.layout import Instance, Layout, instances
from hitless.stack.projects import CONTROL_PORT, EdgeMounts, public_port

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.deploy.watch import Watch
    from hitless.domain.container import Container
    from hitless.domain.journal import Deploy
    from hitless.domain.ports import (
        AccessLog,
        Background,
        Clock,
        Compose,
        EdgeFiles,
        Engine,
        Host,
        Http,
        Interrupts,
        Lock,
        Notifier,
        Prober,
        Programs,
        Reporter,
        Store,
    )
    from hitless.domain.release import Release
    from hitless.domain.slot import Slot


class World(NamedTuple):
    """The ports, and where this service keeps its files.

    Attributes:
        directory: Holds hitless.yaml; paths in it are relative to here.
        home: The service's own state, readable by its owner alone.
    """

    directory: Path
    home: Path
    engine: Engine
    compose: Compose
    edge: EdgeFiles
    http: Http
    store: Store
    prober: Prober
    access_log: AccessLog
    clock: Clock
    host: Host
    lock: Lock
    reporter: Reporter
    interrupts: Interrupts
    background: Background
    programs: Programs
    notifier: Notifier


class Context(NamedTuple):
    """One deploy and the world it happens in.

    Attributes:
        release: What shall serve.
        previous: What served when this began; None at first.
        layout: Names and addresses.
        watch: The prober, once there is somebody to ask.
        zero_failed: Not one request of the prober may fail before the promote.
    """

    world: World
    deploy: Deploy
    release: Release
    previous: Release | None
    layout: Layout
    watch: Watch
    zero_failed: bool = False

    @property
    def slot(self) -> Slot:
        """Where the release is to run."""
        return self.deploy.slot

    def containers(self, slot: Slot, *roles: Role) -> tuple[Container, ...]:
        """A slot's containers with any of these roles, whatever release they are of."""
        # By project: the engine takes its time for each container that it lists.
        found = self.world.engine.project(self.layout.project(slot))
        return tuple(c for c in found if c.slot is slot and c.role in roles)

    def edge_container(self) -> Container | None:
        """The edge; None before the first deploy."""
        found = self.world.engine.project(self.layout.edge)
        return next((c for c in found if c.role == Role.EDGE), None)

    def control_port(self) -> int:
        """The loopback port of the edge's control listener.

        Raises:
            HumanNeeded: when the edge does not run.
        """
        edge = self.edge_container()
        if edge is None or CONTROL_PORT not in edge.ports:
            raise HumanNeeded(
                f"the edge {self.layout.edge} does not run",
                f'start it with "docker start {self.layout.edge}", then "hitless recover"',
            )
        return edge.ports[CONTROL_PORT]

    def public_port(self) -> int:
        """The host port on which users arrive."""
        return public_port(self.release.compose, self.release.settings)[1]

    def instances(self, role: Role) -> tuple[Instance, ...]:
        """The release's containers of one role, as they should be in its slot."""
        return tuple(i for i in instances(self.release.settings) if i.role is role)

    def slot_model(self) -> Path:
        """The Compose file of the release in its slot."""
        model = projects.slot_project(self.release, self.slot, self.layout)
        return self._written(f"{self.slot}.json", model)

    def shared_model(self) -> Path:
        """The Compose file of the accessories."""
        model = projects.shared_project(self.release.compose, self.release.settings, self.layout)
        return self._written("shared.json", model)

    def edge_model(self) -> Path:
        """The Compose file of the edge."""
        home = self.world.home.resolve()
        mounts = EdgeMounts(str(home), str(home / "edge" / "config"), str(home / "edge" / "state"))
        model = projects.edge_project(
            self.release.compose, self.release.settings, self.layout, mounts
        )
        return self._written("edge.json", model)

    def keep_records(self) -> None:
        """Both releases as they are recorded, for the day on which the database is lost."""
        for release in (self.release, self.previous):
            if release:
                self._written(RECORD, encode(release), release)

    def _written(self, name: str, model: dict[str, Any], of: Release | None = None) -> Path:
        """A file of a release, by default of the one that shall serve."""
        directory = self.world.home / "releases" / (of or self.release).id
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = directory / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(model, file, indent=1)
        return path
