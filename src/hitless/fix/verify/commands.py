"""The command lines of the checks; pure, so that tests compare tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LABEL = "io.hitless.verify"
PREFIX = "hitless-verify-"
KINDS = {
    "container": ("ps", "--all", "--no-trunc", "--format", "{{.Names}}"),
    "network": ("network", "ls", "--format", "{{.Name}}"),
    "image": ("images", "--format", "{{.Repository}}:{{.Tag}}"),
}
REMOVE = {
    "container": ("rm", "--force", "--volumes"),
    "network": ("network", "rm"),
    "image": ("rmi", "--force", "--no-prune"),
}


def config(name: str, files: Iterable[str], directory: str) -> tuple[str, ...]:
    """The command that prints what Compose makes of a project's files."""
    named = [word for file in files for word in ("--file", file)]
    where = ("--project-directory", directory)
    return ("docker", "compose", "--project-name", name, *where, *named, "config", "--format=json")


def build(name: str, model: str, service: str) -> tuple[str, ...]:
    """The command that builds one service's image under a name of its own."""
    base = ("docker", "compose", "--progress", "plain", "--project-name", name, "--file", model)
    return (*base, "build", service)


def once(name: str, image: str, words: Sequence[str], options: Sequence[str]) -> tuple[str, ...]:
    """The command that runs a program in a new container, which is removed at its end."""
    return ("docker", "run", "--rm", *_named(name), "--pull=never", *options, image, *words)


def start(name: str, image: str, words: Sequence[str], options: Sequence[str]) -> tuple[str, ...]:
    """The command that starts a container in the background."""
    return ("docker", "run", "--detach", *_named(name), "--pull=never", *options, image, *words)


def network(name: str) -> tuple[str, ...]:
    """The command that makes a network from which nothing else is reached."""
    return ("docker", "network", "create", "--internal", f"--label={LABEL}={name}", name)


def inside(container: str, script: str) -> tuple[str, ...]:
    """The command that runs a script in a running container."""
    return ("docker", "exec", container, "sh", "-c", script)


def listed(kind: str) -> tuple[str, ...]:
    """The command that prints the names of all that any verification made."""
    return ("docker", *KINDS[kind], "--filter", f"label={LABEL}")


def removed(kind: str, names: Iterable[str]) -> tuple[str, ...]:
    """The command that removes what bears these names."""
    return ("docker", *REMOVE[kind], *names)


def bind(source: str, target: str) -> str:
    """A file or folder of the copy in a container; never written to from there."""
    return f"--mount=type=bind,source={source},target={target},readonly"


def _named(name: str) -> tuple[str, ...]:
    return (f"--name={name}", f"--label={LABEL}={name}")
