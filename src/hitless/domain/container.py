"""What the engine knows of containers, images and networks, in our words."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from hitless.domain.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE = "io.hitless.service"
SLOT = "io.hitless.slot"
RELEASE = "io.hitless.release"
ROLE = "io.hitless.role"
NAME = "io.hitless.name"
HOME = "io.hitless.home"
# What Compose itself writes on its containers.
COMPOSE_PROJECT = "com.docker.compose.project"
COMPOSE_SERVICE = "com.docker.compose.service"
COMPOSE_ONE_OFF = "com.docker.compose.oneoff"


class Role(StrEnum):
    """Why a container exists."""

    WEB = "web"
    WORKER = "worker"
    MIGRATION = "migration"
    ACCESSORY = "accessory"
    EDGE = "edge"


class Container(NamedTuple):
    """One container of a service.

    Attributes:
        state: The engine's word: created, running, paused, exited, dead, …
        health: healthy, unhealthy, starting; empty without a healthcheck.
        ports: Container port → published host port.
        exit_code: Of the last exit; 0 while running.
        restarts: How often the engine restarted it.
        oom_killed: The kernel ended it for want of memory.
    """

    id: str
    name: str
    labels: Mapping[str, str]
    state: str
    health: str = ""
    image: str = ""
    ports: Mapping[int, int] = {}
    exit_code: int = 0
    restarts: int = 0
    oom_killed: bool = False

    @property
    def running(self) -> bool:
        """The process runs and is not paused."""
        return self.state == "running"

    @property
    def slot(self) -> Slot | None:
        """The slot it belongs to; None for the edge and accessories."""
        value = self.labels.get(SLOT)
        return Slot(value) if value in tuple(Slot) else None

    @property
    def release(self) -> str:
        """The id of the release it was made for."""
        return self.labels.get(RELEASE, "")

    @property
    def role(self) -> str:
        """One of :class:`Role`; empty on a container that Hitless did not make."""
        return self.labels.get(ROLE, "")

    @property
    def home(self) -> str:
        """The state directory that the edge's flags lie in; empty on other containers."""
        return self.labels.get(HOME, "")

    @property
    def service_name(self) -> str:
        """The name of its service in the user's compose.yml."""
        return self.labels.get(NAME, "")


class Network(NamedTuple):
    """A network of the engine with its IPv4 subnets."""

    id: str
    name: str
    subnets: tuple[str, ...]
    labels: Mapping[str, str] = {}


class Output(NamedTuple):
    """What a program printed and how it ended."""

    code: int
    text: str
