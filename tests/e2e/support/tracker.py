"""The Task Tracker in its releases: the real application on the real engine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from tests.e2e.support.project import ROOT, Project, free_port, unique

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = "v1.2.0", "v1.3.0"
MATERIALISE = ROOT / "stacks" / "task-tracker" / "releases" / "materialise.py"
BAKE = "1s"
QUEUE_EMPTY_WITHIN = 60.0


def tracker(directory: Path, whose: str = "") -> Project:
    """The source of the older release, not deployed yet; one for each who asks."""
    project = Project(directory, unique(f"tracker {whose}"), free_port())
    project.clear()
    checkout(project, OLD)
    return project


def checkout(project: Project, version: str) -> None:
    """The files of a release, its service and images under the project's own name."""
    command = (sys.executable, str(MATERIALISE), version, str(project.directory))
    subprocess.run(command, check=True, capture_output=True)
    file = project.directory / "hitless.yaml"
    text = re.sub(r"(?m)^service: .*$", f"service: {project.service}", file.read_text())
    text, found = re.subn(r"bake: \w+", f"bake: {BAKE}", text)
    assert found, "the stack's hitless.yaml has no bake time"
    file.write_text(text)
    project.edit("compose.yml", "image: task-tracker/", f"image: {project.service}/")


def release(project: Project, version: str, *words: str) -> None:
    """Check a release out and deploy it."""
    checkout(project, version)
    project.done("deploy", version, *words)


def go_back(project: Project) -> None:
    """Let the older release serve; a rollback, as it does not know the newer schema."""
    if serving_version(project) != OLD:
        project.done("rollback", "--wait", "--to", OLD)


def serving_version(project: Project) -> str:
    """The version in the slot with users' traffic."""
    status = project.status()
    return str(status["slots"][status["active"]]["version"])


def api(project: Project, path: str) -> Any:
    """A JSON answer of the application."""
    answer = project.ask(path)
    assert answer.ok, f"{path}: {answer}"
    return json.loads(answer.body)


def settled_stats(project: Project) -> dict[str, Any]:
    """What the application counts when its queue is empty."""
    deadline = time.monotonic() + QUEUE_EMPTY_WITHIN
    while True:
        stats: dict[str, Any] = api(project, "/api/stats")
        if stats["processed"] == stats["messages"] and not stats["outbox_pending"]:
            return stats
        assert time.monotonic() < deadline, f"jobs are left: {stats}"
        time.sleep(0.2)
