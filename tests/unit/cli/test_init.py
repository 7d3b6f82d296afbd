"""``hitless init`` as a user meets it, far from any engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ENVIRON = {"PATH": os.environ["PATH"], "DOCKER_HOST": "unix:///nowhere/docker.sock"}
PROGRAM = str(Path(sys.executable).with_name("hitless"))
COMPOSE = "services: {web: {build: ., ports: ['127.0.0.1:8088:8000'], volumes: ['.:/app']}}\n"


def init(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The installed program without an engine and without a terminal."""
    return subprocess.run(
        (PROGRAM, "init", *arguments),
        cwd=cwd,
        env=ENVIRON,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A service with a page, its code mounted for development."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "compose.yml").write_text(COMPOSE)
    (folder / "Dockerfile").write_text("FROM python:3.13-slim\nCOPY . /app\n")
    (folder / "app.py").write_text("get('/')\nget('/ready')\n")
    return folder


def test_two_files_are_written_and_none_is_changed(project: Path) -> None:
    run = init("--yes", cwd=project)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("wrote hitless.yaml and compose.hitless.yml\n")
    assert "web /ready was a guess" in run.stdout
    assert 'Next: "hitless deploy"' in run.stdout
    assert "error[E301]" in run.stderr  # the plan needs an engine; the files do not
    assert "service: shop\n" in (project / "hitless.yaml").read_text()
    assert (project / "compose.yml").read_text() == COMPOSE


def test_what_is_there_is_not_written_over_without_being_told(project: Path) -> None:
    (project / "hitless.yaml").write_text("mine")
    refused = init("--yes", cwd=project)
    assert (refused.returncode, "error[E252]" in refused.stderr) == (2, True)
    assert "hitless init --force" in refused.stderr
    assert (project / "hitless.yaml").read_text() == "mine"
    assert init("--yes", "--force", cwd=project).returncode == 0
    first = (project / "compose.hitless.yml").read_text()
    assert init("--yes", "--force", cwd=project).returncode == 0
    assert (project / "compose.hitless.yml").read_text() == first


def test_a_dry_run_prints_the_files_and_writes_none(project: Path) -> None:
    before = sorted(project.iterdir())
    run = init("--dry-run", "--name", "store", cwd=project)
    assert run.returncode == 0
    assert "# --- hitless.yaml\n" in run.stdout
    assert "service: store\n" in run.stdout
    assert "# --- compose.hitless.yml\n" in run.stdout
    assert sorted(project.iterdir()) == before


def test_machines_get_files_questions_and_notes(project: Path) -> None:
    told = json.loads(init("--dry-run", "--json", cwd=project).stdout)
    assert told["written"] is False
    assert set(told["files"]) == {"hitless.yaml", "compose.hitless.yml"}
    assert [one["default"] for one in told["questions"]] == ["shop", "/ready"]
    written = json.loads(init("--json", cwd=project).stdout)
    assert (written["written"], written["plan"]) == (True, None)
    assert (project / "hitless.yaml").is_file()


def test_a_person_is_asked_what_no_file_tells(project: Path) -> None:
    person, terminal = os.openpty()
    os.write(person, b"store\n\n")
    run = subprocess.run(
        (PROGRAM, "init"),
        cwd=project,
        env=ENVIRON,
        stdin=terminal,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(person)
    os.close(terminal)
    assert run.returncode == 0, run.stderr
    written = (project / "hitless.yaml").read_text()
    assert "service: store\n" in written
    assert "ready: /ready}  # as you said" in written
    assert "was a guess" not in run.stdout


def test_nobody_to_ask_is_told(project: Path) -> None:
    run = init(cwd=project)
    assert run.returncode == 2
    assert '"hitless init --yes"' in run.stderr
    assert not (project / "hitless.yaml").exists()


def test_a_directory_without_a_compose_file_is_told(tmp_path: Path) -> None:
    run = init("--yes", cwd=tmp_path)
    assert (run.returncode, "error[E250]" in run.stderr) == (2, True)
    assert "write a compose.yml" in run.stderr
