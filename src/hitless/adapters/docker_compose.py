"""Docker Compose v2 as a program: command lines are built here, run by the Shell."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hitless.domain.errors import CommandFailed, ComposeUnresolved, ImageMissing, ToolMissing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hitless.adapters.shell import Shell
    from hitless.domain.container import Output

NONE: Mapping[str, str] = MappingProxyType({})
VERSION_COMMAND = ("docker", "compose", "version", "--short")
BUILD_SECONDS = 3600.0
UP_SECONDS = 300.0
FIXED = ("--no-build", "--pull", "never", "--no-deps")


def _files(files: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for file in files for part in ("-f", file))


def resolve_command(files: Sequence[str]) -> tuple[str, ...]:
    """The command that prints the resolved model."""
    return ("docker", "compose", *_files(files), "config", "--format", "json")


def build_command(files: Sequence[str], services: Sequence[str]) -> tuple[str, ...]:
    """The command that builds images."""
    return ("docker", "compose", "--progress", "plain", *_files(files), "build", *services)


def pull_command(files: Sequence[str], services: Sequence[str]) -> tuple[str, ...]:
    """The command that pulls images."""
    return ("docker", "compose", "--progress", "plain", *_files(files), "pull", *services)


def up_command(project: str, model: Path, services: Sequence[str]) -> tuple[str, ...]:
    """The command that creates and starts exactly these containers."""
    fixed = tuple(option for option in FIXED if services or option != "--no-deps")
    base = ("docker", "compose", "--progress", "plain", "-p", project, "-f", str(model))
    return (*base, "up", "--detach", *fixed, *services)


def run_command(
    project: str, model: Path, service: str, command: Sequence[str] = ()
) -> tuple[str, ...]:
    """The command that runs a one-shot service and removes its container."""
    base = ("docker", "compose", "--progress", "quiet", "-p", project, "-f", str(model))
    return (*base, "run", "--rm", "--no-deps", "-T", service, *command)


class DockerCompose:
    """Implements :class:`hitless.domain.ports.Compose`.

    Args:
        shell: Runs the program.
        socket: The engine's socket, so that Compose talks to the engine we talk to,
            whatever ``docker context`` says.
        variables: What the user's own files see besides the version.
    """

    def __init__(self, shell: Shell, socket: str, variables: Mapping[str, str] = NONE) -> None:
        self._shell = shell
        self._variables = variables
        self._engine = {"DOCKER_HOST": f"unix://{socket}"}

    def version(self) -> str:
        """The version of Docker Compose."""
        output = self._shell.run(VERSION_COMMAND, env=self._engine, timeout=20.0)
        if output.code != 0:
            raise ToolMissing(
                "docker has no Compose v2",
                'install it with "apt-get install docker-compose" or "docker-compose-plugin"',
            )
        return output.text.strip()

    def resolve(self, directory: Path, files: Sequence[str], version: str) -> dict[str, Any]:
        """The model after interpolation, merging and includes."""
        output = self._shell.run(
            resolve_command(files), cwd=directory, env=self._environment(version)
        )
        if output.code != 0:
            raise ComposeUnresolved(
                f"docker compose cannot resolve {', '.join(files)}",
                f'see it for yourself with "{" ".join(resolve_command(files))}"',
                tuple(output.text.strip().splitlines()),
            )
        # A warning of Compose may stand before the document.
        model: dict[str, Any] = json.loads(output.text[output.text.index("{") :])
        return model

    def build(
        self, directory: Path, files: Sequence[str], version: str, services: Sequence[str]
    ) -> None:
        """Build the images of ``services``."""
        command = build_command(files, services)
        self._shell.checked(
            command, cwd=directory, env=self._environment(version), timeout=BUILD_SECONDS
        )

    def pull(
        self, directory: Path, files: Sequence[str], version: str, services: Sequence[str]
    ) -> None:
        """Pull the images of ``services``."""
        command = pull_command(files, services)
        try:
            self._shell.checked(
                command, cwd=directory, env=self._environment(version), timeout=BUILD_SECONDS
            )
        except CommandFailed as error:
            raise ImageMissing(
                f"the image of {', '.join(services)} is not here and cannot be pulled",
                f'pull it by hand with "{" ".join(command)}"',
                error.details,
            ) from error

    def pull_image(self, image: str) -> None:
        """Pull an image that no Compose file names."""
        command = ("docker", "pull", "--quiet", image)
        try:
            self._shell.checked(command, env=self._engine, timeout=BUILD_SECONDS)
        except CommandFailed as error:
            raise ImageMissing(
                f"image {image!r} is not here and cannot be pulled",
                f'pull it by hand with "docker pull {image}", or name another one in proxy.image',
                error.details,
            ) from error

    def up(self, project: str, model: Path, services: Sequence[str] = ()) -> None:
        """Create and start containers exactly as ``model`` says; never build or pull."""
        command = up_command(project, model, services)
        self._shell.checked(command, env=self._engine, timeout=UP_SECONDS)

    def run(
        self,
        project: str,
        model: Path,
        service: str,
        timeout: float,
        command: Sequence[str] = (),
    ) -> Output:
        """Run a one-shot service to its end; its container is removed."""
        words = run_command(project, model, service, command)
        return self._shell.run(words, env=self._engine, timeout=timeout)

    def _environment(self, version: str) -> Mapping[str, str]:
        return {**self._engine, **self._variables, "HITLESS_VERSION": version}
