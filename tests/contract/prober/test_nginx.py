"""The prober against a real nginx: a switch, a reload and a death."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.prober.process import ProbeProcess
from hitless.domain.traffic import Request, Traffic, TrafficKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hitless.domain.evidence import Evidence

    Eventually = Callable[[Callable[[], bool]], None]

pytestmark = pytest.mark.docker

IMAGE = "nginxinc/nginx-unprivileged:1.27-alpine"
CONF = """
server {
  listen 8080;
  set $slot blue;
  if (-f /state/green) { set $slot green; }
  add_header X-Slot $slot always;
  add_header X-Release release-of-$slot always;
  default_type application/json;
  location / { return 200 '{"slot": "$slot"}'; }
}
"""


def docker(*command: str) -> str:
    ended = subprocess.run(["docker", *command], capture_output=True, text=True, check=True)
    return ended.stdout.strip()


@contextmanager
def nginx(directory: Path) -> Iterator[tuple[str, int]]:
    """A running nginx with flag directory ``state``: its container and its port."""
    for name in ("conf", "state"):
        (directory / name).mkdir(mode=0o755)
    (directory / "conf" / "default.conf").write_text(CONF)
    container = docker(
        "run", "--detach", "--rm", "--label", "io.hitless.test=prober",
        "--publish", "127.0.0.1::8080",
        "--volume", f"{directory}/conf:/etc/nginx/conf.d:ro",
        "--volume", f"{directory}/state:/state:ro",
        IMAGE,
    )  # fmt: skip
    try:
        yield container, int(docker("port", container, "8080").rpartition(":")[2])
    finally:
        docker("rm", "--force", container)


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[tuple[str, int]]:
    with nginx(tmp_path) as running:
        yield running


def traffic(port: int) -> Traffic:
    kinds = (TrafficKind.NEW, TrafficKind.KEPT)
    return Traffic(port=port, rps=100, requests=tuple(Request(kind, "/") for kind in kinds))


def test_a_switch_by_flag_file_shows_both_slots_and_loses_nothing(
    edge: tuple[str, int], tmp_path: Path, eventually: Eventually
) -> None:
    def seen(slot: str) -> bool:
        return prober.snapshot().by_slot.get(slot, 0) >= 50

    with ProbeProcess() as prober:
        prober.start(traffic(serving(edge, eventually)))
        eventually(lambda: seen("blue"))
        (tmp_path / "state" / "green").touch()
        eventually(lambda: seen("green"))
        evidence = prober.stop()
    assert (evidence.failed, evidence.reconnected) == (0, 0)
    assert set(evidence.by_release) == {"release-of-blue", "release-of-green"}
    assert switched_once(evidence)


def test_a_reload_closes_idle_connections_and_that_is_no_failure(
    edge: tuple[str, int], eventually: Eventually
) -> None:
    with ProbeProcess() as prober:
        prober.start(traffic(serving(edge, eventually)))
        eventually(lambda: prober.snapshot().of(TrafficKind.KEPT).sent >= 20)
        docker("kill", "--signal", "HUP", edge[0])
        eventually(lambda: prober.snapshot().reconnected >= 8)
        assert prober.stop().failed == 0


def test_the_death_of_the_edge_is_a_failure_of_every_request_from_then_on(
    edge: tuple[str, int], eventually: Eventually
) -> None:
    with ProbeProcess() as prober:
        prober.start(traffic(serving(edge, eventually)))
        eventually(lambda: prober.snapshot().sent >= 50)
        docker("kill", edge[0])
        eventually(lambda: prober.snapshot().failed >= 300)  # that is 3 seconds
        evidence = prober.stop()
    assert evidence.sent - evidence.failed >= 50
    assert evidence.worst_streak >= 40
    assert evidence.longest_gap_ms >= 500


def serving(edge: tuple[str, int], eventually: Eventually) -> int:
    """The edge's port, once it answers."""

    def answers() -> bool:
        with ProbeProcess() as prober:
            prober.start(traffic(edge[1]))
            time.sleep(0.2)
            evidence = prober.stop()
        return evidence.sent > evidence.failed == 0

    eventually(answers)
    return edge[1]


def switched_once(evidence: Evidence) -> bool:
    """After the first answer of green, at most one second has answers of blue as well."""
    columns = [second.by_slot for second in evidence.of(TrafficKind.NEW).seconds]
    green = [i for i, slots in enumerate(columns) if "green" in slots]
    blue = [i for i, slots in enumerate(columns) if "blue" in slots]
    return max(blue) <= min(green)
