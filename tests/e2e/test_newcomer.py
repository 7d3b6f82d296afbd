"""Somebody else's project: described by init, released, changed and released again under load.

No file of theirs is changed by hand or by Hitless, and three commands are all it takes.
"""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.http_client import LocalHttp
from hitless.adapters.prober.process import ProbeProcess
from hitless.domain.traffic import Request, Traffic, TrafficKind
from tests.e2e.support.project import PROJECTS, Project, free_port, unique

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hitless.domain.evidence import Evidence

RATE = 40.0
SHORT = "\ntiming: {bake: 1s}\n"  # ten seconds of watching are for production


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A project and what its owner changes.

    Attributes:
        change: File, what stands there, and what shall.
        pages: What users ask on each port, with an answer's words before and after.
        held: A path whose answer takes long, on the first port.
        written: The files that init leaves.
    """

    name: str
    change: tuple[str, str, str]
    pages: tuple[tuple[str, str, str], ...]
    written: frozenset[str] = frozenset(("hitless.yaml",))
    held: str = ""


NEWCOMERS = (
    Newcomer(
        "plain",
        ("app/page.py", "Hello", "Good day"),
        (("/", "Hello", "Good day"),),
        frozenset(("hitless.yaml", "compose.hitless.yml")),
    ),
    Newcomer(
        "two_sites",
        ("shop/serve.py", "Welcome", "Come in"),
        (("/", "Welcome", "Come in"), ("/", "Visitors", "Visitors")),
    ),
    Newcomer(
        "long_poll",
        ("api.py", "morning", "evening"),
        (("/api/health", "morning", "evening"),),
        held="/api/news",
    ),
)


@pytest.fixture(params=NEWCOMERS, ids=lambda one: one.name)
def newcomer(request: pytest.FixtureRequest) -> Newcomer:
    one: Newcomer = request.param
    return one


@pytest.fixture
def project(
    request: pytest.FixtureRequest, newcomer: Newcomer, tmp_path: Path
) -> Iterator[Project]:
    """The newcomer's files, with ports that are free here."""
    directory = tmp_path / newcomer.name
    shutil.copytree(PROJECTS / newcomer.name, directory)
    # In the order of the ports in the Compose file, by which init tells the first site.
    ports = sorted(free_port() for _ in newcomer.pages)
    made = Project(directory, unique(request.node.nodeid), ports[0])
    made.clear()
    for number, port in enumerate(ports, 18080):
        made.edit("compose.yml", str(number), str(port))
    yield made
    made.remove()


def test_a_project_that_hitless_never_saw_is_released_without_losing_a_request(
    newcomer: Newcomer, project: Project
) -> None:
    ports = _ports(project)
    compose = (project.directory / "compose.yml").read_bytes()
    before = set(project.directory.iterdir())

    project.done("init", "--yes", "--name", project.service)
    added = {path.name for path in set(project.directory.iterdir()) - before}
    assert added == newcomer.written
    with (project.directory / "hitless.yaml").open("a") as file:
        file.write(SHORT)
    project.done("deploy", "v1")
    assert _shown(newcomer, ports) == [before for _, before, _ in newcomer.pages]

    project.edit(*newcomer.change)
    with _users(newcomer, ports) as seen:
        project.done("deploy", "v2")
    assert _shown(newcomer, ports) == [after for _, _, after in newcomer.pages]
    for evidence in seen:
        lost = [f"{f.path}: {f.reason} ({f.slot})" for f in evidence.failures]
        assert (evidence.failed, lost) == (0, [])
        assert evidence.sent > RATE
    assert project.shown()["requests"]["failed"] == 0

    project.done("rollback")
    assert _shown(newcomer, ports) == [before for _, before, _ in newcomer.pages]
    assert (project.directory / "compose.yml").read_bytes() == compose


def _ports(project: Project) -> list[int]:
    """Those that the Compose file publishes, the first site's first."""
    text = (project.directory / "compose.yml").read_text()
    found = re.findall(r"127\.0\.0\.1:(\d+):|published: .(\d+)", text)
    return sorted(int(short or long) for short, long in found)


def _shown(newcomer: Newcomer, ports: list[int]) -> list[str]:
    """Which of the expected words each site answers with now."""
    found = []
    for (path, *words), port in zip(newcomer.pages, ports, strict=True):
        body = LocalHttp().get(port, path, {}).body.decode()
        found.append(next((word for word in words if word in body), body))
    return found


@contextmanager
def _users(newcomer: Newcomer, ports: list[int]) -> Iterator[list[Evidence]]:
    """Clients of every port while the block lasts; what they saw is there when it has ended."""
    seen: list[Evidence] = []
    with ExitStack() as stack:
        probers = [stack.enter_context(ProbeProcess()) for _ in ports]
        for prober, port, (path, _, _) in zip(probers, ports, newcomer.pages, strict=True):
            kinds = [Request(kind, path) for kind in (TrafficKind.NEW, TrafficKind.KEPT)]
            if newcomer.held and port == ports[0]:
                kinds.append(Request(TrafficKind.SLOW, newcomer.held, share=0.3))
            prober.start(Traffic(port=port, rps=RATE, requests=tuple(kinds)))
        yield seen
        seen += [prober.stop() for prober in probers]
