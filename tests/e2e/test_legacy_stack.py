"""A repository nobody dared to deploy: audited, fixed, started, released, changed and taken back.

The page of the tutorial is the story: this test does what it tells a reader to do, with the
reader's own clients beside the prober.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from environment.build_inputs import build_variables, secret_options
from hitless.adapters.prober.process import ProbeProcess
from hitless.domain.traffic import Request, Traffic, TrafficKind
from tests.e2e.support.project import PROJECTS, ROOT, Project, engine, free_port, unique
from tools.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEGACY = ROOT / "fixtures" / "legacy-stack"
LEGACY_BASES = PROJECTS / "legacy_bases"
PAGE = ROOT / "docs" / "tutorial" / "legacy.md"
CHANGED, CLEAN_UP = "## Change it", "## Clean up"
RATE = 40.0
READS = tuple(
    Request(kind, path)
    for kind in (TrafficKind.NEW, TrafficKind.KEPT)
    for path in ("/", "/api/notes")
)
# What its files name, and what stands for it here: a target of legacy_bases, and the tag under
# which it is asked for once the stack is fixed.
BASES = {
    "backend/Dockerfile": {"python:3.12-slim": "python:3.12-slim", "astral/uv:latest": "uv:latest"},
    "frontend/Dockerfile": {"node:22-slim": "node:22-slim"},
    "compose.yml": {"nats:latest": "nats:alpine", "nginx:alpine": "nginx:alpine"},
}


@pytest.fixture
def notes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """The stack as its owner has it in git, with images, names and ports of this test."""
    name = unique(request.node.nodeid)
    project = Project(tmp_path / name, name, free_port())
    shutil.copytree(LEGACY, project.directory, ignore=shutil.ignore_patterns("expected.yaml"))
    forget(project)
    for file, images in BASES.items():
        for asked, there in images.items():
            project.edit(file, asked, f"{name}/{asked.rpartition('/')[2]}")
            make_base(f"{name}/{there}")
    project.edit("compose.yml", "container_name: notes-", f"container_name: {name}-")
    project.edit("compose.yml", '"80:80"', f'"{project.port}:80"')
    for port in ("5432", "4222", "8222"):
        project.edit("compose.yml", f'"{port}:{port}"', f'"{free_port()}:{port}"')
    for old, new in (("interval: 10s", "interval: 3s"), ("timeout: 5s", "timeout: 2s")):
        project.edit("compose.yml", old, new)  # only how long one waits
    commit(project)
    yield project
    compose_down(project.service)
    project.remove()
    forget(project)


def make_base(image: str) -> None:
    """One of the images that the stack is built on."""
    target = image.rpartition("/")[2].partition(":")[0]
    secrets = secret_options(build_variables(os.environ))
    run(
        "docker",
        "build",
        "--quiet",
        *secrets,
        "--target",
        target,
        "--tag",
        image,
        str(LEGACY_BASES),
    )


def forget(project: Project) -> None:
    """Remove what was made of the name, also by Compose alone and by a run that was cut short."""
    project.clear()
    compose_down(project.service)
    for volume in ("postgres_data", "nats_data"):
        engine().remove_volume(f"{project.service}_{volume}")


def compose_down(service: str) -> None:
    """Stop what plain Compose has started; by name, as there may be no file of it any more."""
    run("docker", "compose", "--project-name", service, "down", cwd=PROJECTS)


def commit(project: Project) -> None:
    who = ("-c", "user.name=Owner", "-c", "user.email=owner@example.org")
    for words in (
        ("init", "--quiet"),
        ("add", "--all"),
        (*who, "commit", "--quiet", "-m", "Notes"),
    ):
        run("git", *words, cwd=project.directory)


def run(*command: str, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def audited(project: Project) -> dict[str, Any]:
    return project.done("audit", "--exit-zero", "--format", "json").document


def criticals(report: dict[str, Any]) -> list[str]:
    return [one["rule"] for one in report["findings"] if one["severity"] == "critical"]


def test_a_stack_nobody_dares_to_deploy_is_fixed_and_released_without_losing_a_request(
    notes: Project,
) -> None:
    page = PAGE.read_text()
    first, changed, rest = page.partition(CHANGED)
    second, heading, end = (changed + rest).partition(CLEAN_UP)
    instead = {"127.0.0.1:80/": f"127.0.0.1:{notes.port}/"}
    before = audited(notes)
    assert len(criticals(before)) == 7

    walk(first, notes.directory, instead)
    after = audited(notes)
    assert criticals(after) == []
    assert (before["score"] < 3.0, after["score"] >= 9.0) == (True, True)
    assert notes.hitless("fix", "--unsafe", "--check").code == 0
    assert notes.ask("/api/notes").body == b'["Hello"]'

    with ProbeProcess() as users:
        users.start(Traffic(port=notes.port, rps=RATE, requests=READS))
        walk(second, notes.directory, instead)
        seen = users.stop()
    assert [f"{one.path}: {one.reason} ({one.slot})" for one in seen.failures] == []
    assert (seen.failed, seen.sent > RATE) == (0, True)
    walk(heading + end, notes.directory, instead)
