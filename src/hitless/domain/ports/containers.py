"""The container engine and Compose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hitless.domain.container import Container, Network, Output


class Engine(Protocol):
    """The container engine.

    Every method raises EngineUnreachable, EngineForbidden or EngineFailed.
    """

    def version(self) -> str:
        """The engine's version; the cheapest proof that it answers."""

    def containers(self, service: str) -> tuple[Container, ...]:
        """All containers with our label for ``service``, stopped ones included."""

    def project(self, name: str) -> tuple[Container, ...]:
        """All containers of a Compose project, whoever made them, stopped ones included."""

    def anonymous_volumes(self, container: str) -> tuple[str, ...]:
        """Where in a container volumes are that have no name of their own."""

    def inspect(self, container: str) -> Container:
        """One container with exit code, restarts, health and the OOM flag."""

    def memory(self, container: str) -> int:
        """Bytes that a container holds, without files that the kernel can let go of.

        0 while it does not run.
        """

    def start(self, container: str) -> None:
        """Start or unpause; no effect on a running container."""

    def stop(self, container: str, timeout: float | None) -> int | None:
        """SIGTERM, SIGKILL after ``timeout`` seconds; returns the exit code.

        None where the container is gone: whoever made it may remove it as soon as it ends.

        None stands for the container's own time, Compose's ``stop_grace_period``.
        """

    def remove(self, container: str) -> None:
        """Remove a container, by force; no effect when it is gone."""

    def signal(self, container: str, name: str) -> None:
        """Send a signal such as ``HUP`` to a container's first process."""

    def run_in(self, container: str, command: Sequence[str]) -> Output:
        """Run a program inside a running container."""

    def logs(self, container: str, lines: int) -> str:
        """The last lines of a container's output."""

    def archive(self, container: str, path: str, most: int) -> bytes:
        """A file or directory of a container as a tar, at most ``most`` bytes of it.

        Of a larger one the rest is cut off. The container need not run.
        """

    def image_id(self, name: str) -> str | None:
        """The id (``sha256:…``) of a local image; None when it is absent."""

    def tag(self, image: str, name: str) -> None:
        """Give a local image another name."""

    def untag(self, name: str) -> None:
        """Take a name away; the image goes when it was the last one in use."""

    def images(self, prefix: str) -> tuple[str, ...]:
        """All local image names that begin with ``prefix``."""

    def networks(self) -> tuple[Network, ...]:
        """All networks of the engine with their subnets."""

    def attached(self, network: str) -> dict[str, str]:
        """Address → name, of the running containers on a network; empty without it."""

    def create_network(self, name: str, subnet: str, dynamic: str, service: str) -> None:
        """A bridge network; ``dynamic`` is the range the engine may choose from."""

    def remove_network(self, name: str) -> None:
        """Remove a network; no effect when it is gone."""

    def ensure_volume(self, name: str, service: str) -> None:
        """A named volume with our label, unless one of that name exists."""

    def volumes(self, service: str) -> tuple[str, ...]:
        """The names of the volumes made for ``service``."""

    def remove_volume(self, name: str) -> None:
        """Remove a volume and what is in it."""


class Compose(Protocol):
    """Docker Compose, for what only Compose knows: its file format and creation."""

    def version(self) -> str:
        """The version of Docker Compose.

        Raises:
            ToolMissing: when there is no Compose v2.
        """

    def resolve(self, directory: Path, files: Sequence[str], version: str) -> dict[str, Any]:
        """The model after interpolation, merging and includes.

        Raises:
            ComposeUnresolved: with Compose's own words.
        """

    def build(
        self, directory: Path, files: Sequence[str], version: str, services: Sequence[str]
    ) -> None:
        """Build the images of ``services``."""

    def pull(
        self, directory: Path, files: Sequence[str], version: str, services: Sequence[str]
    ) -> None:
        """Pull the images of ``services``."""

    def pull_image(self, image: str) -> None:
        """Pull an image that no Compose file names.

        Raises:
            ImageMissing: when it cannot be had.
        """

    def up(self, project: str, model: Path, services: Sequence[str] = ()) -> None:
        """Create and start containers exactly as ``model`` says; never build or pull."""

    def run(
        self,
        project: str,
        model: Path,
        service: str,
        timeout: float,
        command: Sequence[str] = (),
    ) -> Output:
        """Run a one-shot service to its end; its container is removed.

        ``command`` replaces the service's own.

        Raises:
            CommandFailed: when it takes longer than ``timeout`` seconds.
        """
