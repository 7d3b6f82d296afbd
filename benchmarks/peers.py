"""What a release costs users: Hitless, plain ``docker compose up -d`` and Docker Swarm.

The same application, the same two releases and the same clients in one run. Plain
Compose runs twice: with an nginx that looks the upstream's address up every second, as
the stack brings it, and with one that keeps the address it found at its start. Swarm
does its rolling update with the new tasks first; see ``swarm``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from second_engine import is_possible
from stage import NEW, OLD, ROOT, save, table, two_releases
from swarm import PORT, swarm_rows
from switch import HEAD, measured
from workspace import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workspace import Workspace

PROJECT = f"{SERVICE}-plain"
SERVICES = ("api", "worker", "dashboard")
IMAGES = ("api", "dashboard")


def main() -> None:
    """Run all peers and print the table."""
    with two_releases() as workspace:
        rows = hitless_rows(workspace)
        for name, static in (("address looked up every second", False), ("address kept", True)):
            rows += plain_rows(workspace, f"docker compose up -d, {name}", static=static)
        rows += in_a_swarm(workspace)
    table(HEAD, rows)
    save("peers", {"head": HEAD, "rows": rows})


def hitless_rows(workspace: Workspace) -> list[tuple[object, ...]]:
    """A deploy and a rollback as Hitless does them."""
    workspace.roll_back()
    probe = workspace.settings().probe
    return [
        measured("hitless deploy", probe, workspace.port, partial(forward, workspace)),
        measured("hitless rollback", probe, workspace.port, workspace.roll_back),
    ]


def forward(workspace: Workspace) -> None:
    """The newer release, made anew."""
    workspace.release(NEW, force=True)


def plain_rows(workspace: Workspace, name: str, *, static: bool) -> list[tuple[object, ...]]:
    """The same change and the way back by plain Compose."""
    probe = workspace.settings().probe
    with plain_compose(workspace, static=static) as change:
        return [
            measured(f"{name}: forward", probe, PORT, partial(change, NEW)),
            measured(f"{name}: back", probe, PORT, partial(change, OLD)),
        ]


def in_a_swarm(workspace: Workspace) -> list[tuple[object, ...]]:
    """The same by Swarm, where an engine can be made for it."""
    if not is_possible():
        print("Swarm is not measured: that takes root, dockerd, ip and nsenter", file=sys.stderr)
        return []
    with copied(workspace) as copy:
        return swarm_rows(f"{SERVICE}-swarm", copy)


@contextmanager
def plain_compose(workspace: Workspace, *, static: bool) -> Iterator[Callable[[str], None]]:
    """The stack under plain Compose with the older release up; yields the switch."""
    with copied(workspace) as copy:
        if static:
            _keep_addresses(copy / "nginx" / "conf.d")
        try:
            _compose(copy, OLD, "up", "--detach", "--wait", "--no-build")
            yield partial(_up, copy)
        finally:
            _compose(copy, OLD, "down", "--volumes", "--timeout", "2")


@contextmanager
def copied(workspace: Workspace) -> Iterator[Path]:
    """The stack's files without Hitless, with names of their own for the same images."""
    copy = ROOT / ".cache" / "bench" / "plain"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(workspace.app, copy, ignore=shutil.ignore_patterns(".git", ".hitless"))
    file = copy / "compose.yml"
    file.write_text(file.read_text().replace("image: task-tracker/", f"image: {PROJECT}/"))
    names = [f"{name}:{version}" for name in IMAGES for version in (OLD, NEW)]
    try:
        for name in names:
            _docker("tag", f"task-tracker/{name}", f"{PROJECT}/{name}")
        yield copy
    finally:
        _docker("rmi", *(f"{PROJECT}/{name}" for name in names))
        shutil.rmtree(copy)


def _keep_addresses(configuration: Path) -> None:
    """Name the upstreams in proxy_pass itself: nginx then resolves them once, at its start."""
    for file in configuration.glob("*.conf"):
        text = file.read_text()
        text = text.replace("proxy_pass $api;", "proxy_pass http://api:8000;")
        file.write_text(text.replace("proxy_pass $dashboard;", "proxy_pass http://dashboard:8080;"))


def _up(directory: Path, version: str) -> None:
    """Forward with the migration, and back without it.

    The older release's migration does not know the newer schema; Compose would start
    nothing after it has failed.
    """
    only = () if version == NEW else ("--no-deps", *SERVICES)
    _compose(directory, version, "up", "--detach", "--no-build", *only)


def _compose(directory: Path, version: str, *words: str) -> None:
    names = {"HITLESS_VERSION": version, "HITLESS_RELEASE": version, "HTTP_PORT": str(PORT)}
    command = ("docker", "compose", "-p", PROJECT, *words)
    environment = {**os.environ, **names}
    subprocess.run(command, cwd=directory, env=environment, check=True, capture_output=True)


def _docker(*words: str) -> None:
    subprocess.run(("docker", *words), check=True, capture_output=True)


if __name__ == "__main__":
    main()
