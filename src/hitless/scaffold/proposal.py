"""What hitless.yaml could say about a repository, and why."""

from __future__ import annotations

from dataclasses import dataclass

from hitless.domain.settings import Handover


@dataclass(frozen=True, slots=True)
class Asked:
    """The path of a readiness check.

    Attributes:
        why: How it was found.
        sure: The project itself uses it for that; else it is worth a question.
    """

    path: str
    why: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Site:
    """A service that answers HTTP.

    Attributes:
        port: In the container.
        published: On the host; None when only other services reach it.
        address: To which the published port is bound; empty for all.
        pages: It has something at ``/``.
        sockets: Path prefixes on which it takes WebSockets.
    """

    name: str
    port: int
    ready: Asked
    published: int | None = None
    address: str = ""
    pages: bool = True
    sockets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A service that takes work and no requests."""

    name: str
    handover: Handover = Handover.OVERLAP


@dataclass(frozen=True, slots=True)
class Way:
    """A path prefix of the edge and where it leads."""

    path: str
    service: str
    websocket: bool = False
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """How the schema moves forward.

    Attributes:
        command: Empty for the service's own.
        sure: The project itself does it so; else it is worth a question.
    """

    service: str
    command: tuple[str, ...] = ()
    why: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    """The proxy service of the project, or the port of one that Hitless brings."""

    service: str = ""
    port: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a Compose file beside the project's own says otherwise, for one service.

    Attributes:
        dropped: Mounts that hide what the image contains.
        volumes: Those that stay.
        target: Another stage of the Dockerfile to build; empty for the same.
    """

    service: str
    dropped: tuple[str, ...]
    volumes: tuple[dict[str, object] | str, ...]
    target: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One service, as ``hitless init`` would describe it.

    Attributes:
        compose: The Compose files of the project.
        notes: What a person should know before the first deploy.
    """

    service: str
    compose: tuple[str, ...]
    edge: Edge
    sites: tuple[Site, ...]
    ways: tuple[Way, ...]
    jobs: tuple[Job, ...] = ()
    accessories: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    migration: Migration | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def main(self) -> Site:
        """The site that answers at ``/`` of the edge's first port."""
        first = next((w for w in self.ways if w.path == "/" and w.port is None), self.ways[0])
        return next(one for one in self.sites if one.name == first.service)
