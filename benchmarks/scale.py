"""Does a long past, or a large stack, slow down ``status`` and ``rollback``?

Three projects of the same small program serve side by side: one with three releases and five
services, one with two hundred releases in its journal, one with fifty services. Each
command is run in them in turn, so that what the machine does besides hits all alike.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from audit import LAUNCHER
from stage import ROOT, as_users, save, table

sys.path.insert(0, str(ROOT))

from hitless.adapters.sqlite_store import SqliteStore
from testing.past import lengthen
from tests.e2e.support.project import HITLESS, Project, tiny

if TYPE_CHECKING:
    from collections.abc import Sequence

RELEASES = 200
WEB, ACCESSORIES = 34, 13  # with nginx and two workers: fifty services
ROUNDS = 10
FEW, LONG, LARGE = "3 releases, 5 services", f"{RELEASES} releases", "50 services"
COMMANDS = (("status",), ("rollback",), ("rollback", "--to", "v2"))
HEAD = ("command", "project", "wall ms", "CPU ms", "wall against few", "CPU against few")
IMAGE = "image: ${COMPOSE_PROJECT_NAME}/web:${HITLESS_VERSION:-dev}"


class Spent(NamedTuple):
    """Seconds of one run of a command."""

    wall: float
    cpu: float


Series = dict[str, list[Spent]]


def main() -> None:
    """Bring the projects up, run the commands, print the table."""
    with tempfile.TemporaryDirectory() as directory:
        made = {name: tiny(Path(directory) / name, f"scale {name}") for name in (FEW, LONG, LARGE)}
        try:
            enlarge(made[LARGE])
            prepare(made)
            seen = in_turn(made)
        finally:
            for project in made.values():
                project.clear()
    rows = [row(command, name, seen) for command in COMMANDS for name in made]
    table(HEAD, rows)
    save("scale", {"head": HEAD, "rows": rows, "rounds": ROUNDS})


def prepare(made: dict[str, Project]) -> None:
    """Three real releases each; the made-up ones lie between the first and the others."""
    for project in made.values():
        release(project, "v0")
    with closing(SqliteStore(made[LONG].home / "state.db")) as store:
        past = lengthen(store, RELEASES - 3)
    for version in ("v1", "v2"):
        for project in made.values():
            release(project, version)
    with closing(SqliteStore(made[LONG].home / "state.db")) as store:
        for one in past:  # the retention of v1 and v2 has forgotten them
            store.add_release(one)


def release(project: Project, version: str) -> None:
    """One more to go back to."""
    project.behave(text=version)
    project.done("deploy", version)


def enlarge(project: Project) -> None:
    """Fifty services: most of them serve users, some are there for others."""
    webs = [f"web{number}" for number in range(2, WEB + 1)]
    stores = [f"store{number}" for number in range(2, ACCESSORIES + 1)]
    idle = "\n    image: nats:2.10-alpine\n    command: [sleep, infinity]\n"
    services = [f"  {name}:\n    {IMAGE}\n" for name in webs]
    services += [f"  worker2:\n    {IMAGE}\n    command: [python, server.py, worker]\n"]
    services += [f"  {name}:{idle}" for name in stores]
    before(project, "compose.yml", "\nvolumes:\n", services)
    routes = [f"    - {{path: /{name}/, service: {name}}}\n" for name in webs]
    before(project, "hitless.yaml", "\nweb:\n", routes)
    entries = [f"  {name}: {{port: 8000, ready: /ready}}\n" for name in webs]
    before(project, "hitless.yaml", "\nworkers:\n", entries)
    worker = "  worker2: {port: 8000, ready: /ready, stop_timeout: 5s}\n"
    before(project, "hitless.yaml", "\naccessories:", [worker])
    project.edit("hitless.yaml", "[queue]", f"[{', '.join(['queue', *stores])}]")
    project.edit("hitless.yaml", "ready: 20s", "ready: 120s")


def before(project: Project, name: str, mark: str, lines: Sequence[str]) -> None:
    """Insert lines above a mark."""
    project.edit(name, mark, "".join(lines) + mark)


def in_turn(made: dict[str, Project]) -> dict[tuple[str, ...], Series]:
    """Each command in each project, round by round; the first round warms up."""
    seen: dict[tuple[str, ...], Series] = {c: {name: [] for name in made} for c in COMMANDS}
    for number in range(ROUNDS + 1):
        for command in COMMANDS:
            for name, project in made.items():
                spent = timed(project, command)
                project.wait_for_the_lock()
                seen[command][name] += [spent] if number else []
    return seen


def timed(project: Project, command: tuple[str, ...]) -> Spent:
    """A fresh process, as when a user types it."""
    launch = (sys.executable, "-I", "-S", "-c", LAUNCHER, str(HITLESS), *command)
    ran = subprocess.run(
        launch, cwd=project.directory, env=as_users(), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    wall, cpu, _ = ran.stderr.splitlines()[-1].split()
    return Spent(float(wall), float(cpu))


def row(
    command: tuple[str, ...], name: str, seen: dict[tuple[str, ...], Series]
) -> tuple[object, ...]:
    """Medians, and the median of the ratios round by round."""
    runs, few = seen[command][name], seen[command][FEW]
    ms = [round(1000 * statistics.median(column)) for column in zip(*runs, strict=True)]
    ratios = [
        statistics.median(one[part] / other[part] for one, other in zip(runs, few, strict=True))
        for part in (0, 1)
    ]
    return (" ".join(command), name, *ms, *(f"{ratio:.2f}" for ratio in ratios))


if __name__ == "__main__":
    main()
