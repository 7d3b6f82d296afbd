"""What a release costs users: Hitless against plain ``docker compose up -d``.

The same application, the same two releases and the same clients in one run. Plain
Compose runs twice: with an nginx that looks the upstream's address up every second, as
the stack brings it, and with one that keeps the address it found at its start.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from stage import NEW, OLD, ROOT, save, table, two_releases

from hitless.adapters.prober.process import ProbeProcess
from hitless.deploy.traffic import traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workspace import Workspace

RATE = 50.0
BEFORE, AFTER = 3.0, 15.0
PROJECT = "hitless-bench-plain"
PORT = 18999
SERVICES = ("api", "worker", "dashboard")
HEAD = ("", "command s", "sent", "failed", "longest gap ms", "p99 ms")


def main() -> None:
    """Run all peers and print the table."""
    with two_releases() as workspace:
        rows = hitless_rows(workspace)
        for name, static in (("address looked up every second", False), ("address kept", True)):
            rows += plain_rows(workspace, f"docker compose up -d, {name}", static=static)
    table(HEAD, rows)
    save("peers", {"head": HEAD, "rows": rows})


def hitless_rows(workspace: Workspace) -> list[tuple[object, ...]]:
    """A deploy and a rollback as Hitless does them."""
    workspace.roll_back()
    workspace.wait_quiet()
    return [
        measured("hitless deploy", workspace, workspace.port, partial(forward, workspace)),
        measured("hitless rollback", workspace, workspace.port, workspace.roll_back),
    ]


def forward(workspace: Workspace) -> None:
    """The newer release, made anew."""
    workspace.release(NEW, force=True)


def plain_rows(workspace: Workspace, name: str, *, static: bool) -> list[tuple[object, ...]]:
    """The same change and the way back by plain Compose."""
    with plain_compose(workspace, static=static) as change:
        return [
            measured(f"{name}: forward", workspace, PORT, partial(change, NEW)),
            measured(f"{name}: back", workspace, PORT, partial(change, OLD)),
        ]


def measured(
    name: str, workspace: Workspace, port: int, change: Callable[[], None]
) -> tuple[object, ...]:
    """One row: the change in the middle of steady traffic."""
    with ProbeProcess() as prober:
        prober.start(traffic(workspace.settings().probe, port, rate=RATE))
        time.sleep(BEFORE)
        began = time.monotonic()
        change()
        took = time.monotonic() - began
        time.sleep(AFTER)
        seen = prober.stop()
    gap, p99 = round(seen.longest_gap_ms), round(seen.p99_ms or 0, 1)
    return (name, round(took, 2), seen.sent, seen.failed, gap, p99)


@contextmanager
def plain_compose(workspace: Workspace, *, static: bool) -> Iterator[Callable[[str], None]]:
    """The stack under plain Compose with the older release up; yields the switch."""
    copy = ROOT / ".cache" / "bench" / "plain"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(workspace.app, copy, ignore=shutil.ignore_patterns(".git", ".hitless"))
    if static:
        _keep_addresses(copy / "nginx" / "conf.d")
    try:
        _compose(copy, OLD, "up", "--detach", "--wait", "--no-build")
        yield partial(_up, copy)
    finally:
        _compose(copy, OLD, "down", "--volumes", "--timeout", "2")
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
    environment = {**os.environ, "HITLESS_VERSION": version, "HTTP_PORT": str(PORT)}
    command = ("docker", "compose", "-p", PROJECT, *words)
    subprocess.run(command, cwd=directory, env=environment, check=True, capture_output=True)


if __name__ == "__main__":
    main()
