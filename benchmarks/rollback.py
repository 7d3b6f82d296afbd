"""How long a rollback takes, and when the release that is left answers last.

Twenty times the whole command is run as a user runs it: a new process, twenty verified
answers, exit. Meanwhile one client asks two hundred times a second which release
answers: often enough to see a millisecond, seldom enough to leave the machine idle. Then
some times more to a release whose containers are paused, or stopped; beside each of those
it is measured how long they need to be ready by themselves.

What cannot be less is measured in the same rounds: an empty program, and twenty answers, asked
for as a cutover asks for its proof.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING

from asking import Asking
from stage import NEW, OLD, as_users, save, table, two_releases

from hitless.adapters.docker_engine import DockerEngine, socket_path
from hitless.adapters.edge_files import EdgeDirectory
from hitless.adapters.http_client import LocalHttp
from hitless.deploy.confirm import ANSWERS, AT_ONCE
from hitless.domain.container import Role
from hitless.stack.layout import direct_path
from hitless.stack.projects import CONTROL_PORT

if TYPE_CHECKING:
    from collections.abc import Callable

    from workspace import Workspace

    from hitless.domain.container import Container
    from hitless.domain.slot import Slot

ROUNDS, REST_ROUNDS = 20, 5
PAUSE = 0.004
HEAD = ("", "min ms", "median ms", "max ms")


def main() -> None:
    """Run the rounds and print the table."""
    rows: dict[str, list[float]] = defaultdict(list)
    with two_releases() as workspace:
        failed = sum(hot_round(workspace, number, rows) for number in range(ROUNDS))
        engine = DockerEngine(socket_path())
        for _ in range(REST_ROUNDS):
            rest_round(workspace, "paused", pause, rows)
            rest_round(workspace, "stopped", lambda one: engine.stop(one.id, None), rows)
    table(HEAD, [(name, *ms(values)) for name, values in rows.items()])
    print(f"\nfailed requests of the asking client: {failed}")
    save("rollback", {"failed": failed, **{name: ms(values) for name, values in rows.items()}})


def hot_round(workspace: Workspace, number: int, rows: dict[str, list[float]]) -> int:
    """A rollback to a release that runs, and the floor; returns failed requests."""
    took, last, failed = one_round(workspace, OLD if number % 2 == 0 else NEW)
    rows["hot: whole command"].append(took)
    rows["hot: last answer of the left release"].append(last)
    rows["python -c pass"].append(timed((sys.executable, "-c", "pass")))
    began = time.monotonic()
    for _ in range(ANSWERS // AT_ONCE):
        LocalHttp().get_all(workspace.port, ["/api/version"] * AT_ONCE, {})
    rows[f"{ANSWERS} answers"].append(time.monotonic() - began)
    return failed


def rest_round(
    workspace: Workspace,
    name: str,
    rest: Callable[[Container], object],
    rows: dict[str, list[float]],
) -> None:
    """A rollback to a release that does not run, beside the start of its containers alone."""
    workspace.wait_quiet()
    for one in resting(workspace):
        rest(one)
    alone = boot(workspace)
    for one in resting(workspace):
        rest(one)
    took = timed(
        (str(workspace.program), "rollback", "--to", resting_version(workspace)), workspace
    )
    rows[f"{name}: whole command"].append(took)
    rows[f"{name}: ready by itself"].append(alone)
    rows[f"{name}: command without that"].append(took - alone)


def preview(workspace: Workspace) -> Slot:
    """The slot without users."""
    return EdgeDirectory(workspace.app / ".hitless" / "edge").active().other


def resting(workspace: Workspace) -> list[Container]:
    """The web containers of the slot without users."""
    slot = preview(workspace)
    found = DockerEngine(socket_path()).containers(workspace.settings().service)
    return [one for one in found if one.slot is slot and one.role == Role.WEB]


def resting_version(workspace: Workspace) -> str:
    """The id of their release."""
    return resting(workspace)[0].release


def pause(one: Container) -> None:
    """Let it stand still."""
    subprocess.run(("docker", "pause", one.id), check=True, capture_output=True)


def boot(workspace: Workspace) -> float:
    """Seconds until the containers of the slot answer that they are ready."""
    engine, found = DockerEngine(socket_path()), resting(workspace)
    web = workspace.settings().web
    edge = next(c for c in engine.containers(workspace.settings().service) if c.role == Role.EDGE)
    began = time.monotonic()
    for one in found:
        engine.start(one.id)
    for one in found:
        path = direct_path(preview(workspace), one.service_name) + (
            web[one.service_name].ready or "/"
        )
        while not LocalHttp().get(edge.ports[CONTROL_PORT], path, {}).ok:
            time.sleep(0.01)
    return time.monotonic() - began


def one_round(workspace: Workspace, to: str) -> tuple[float, float, int]:
    """One rollback; seconds of the command, seconds to the last old answer, failures."""
    workspace.wait_quiet()
    asking = Asking(workspace.port, PAUSE)
    asking.start()
    time.sleep(0.3)
    left = asking.answers[-1].release
    began = time.monotonic()
    took = timed((str(workspace.program), "rollback", "--to", to), workspace)
    time.sleep(0.3)
    asking.end()
    last = max(one.began for one in asking.answers if one.release == left)
    return took, last - began, asking.failed


def timed(command: tuple[str, ...], workspace: Workspace | None = None) -> float:
    """Seconds from the start of a process to its exit."""
    began = time.monotonic()
    where = workspace.app if workspace else None
    subprocess.run(command, cwd=where, env=as_users(), check=True, capture_output=True)
    return time.monotonic() - began


def ms(values: list[float]) -> tuple[int, int, int]:
    """Minimum, median and maximum in milliseconds."""
    found = (min(values), statistics.median(values), max(values))
    return tuple(round(1000 * value) for value in found)  # type: ignore[return-value]


if __name__ == "__main__":
    main()
