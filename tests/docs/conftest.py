"""A project of its own for every page that is walked, removed afterwards."""

from __future__ import annotations

import hashlib
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.walk import run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Project:
    """Where a page is walked.

    Attributes:
        name: Unique to this checkout and test, so that two may run at once.
        instead: What stands for the page's own service and port.
    """

    name: str
    directory: Path
    instead: dict[str, str]


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    unique = hashlib.sha256(f"{ROOT}{request.node.nodeid}".encode()).hexdigest()[:8]
    name = f"docs{unique}"
    directory = tmp_path / name
    directory.mkdir()
    instead = {"8088": str(_free_port()), "hello": name}
    yield Project(name, directory, instead)
    if (directory / ".hitless/state.db").exists():
        run("hitless down --volumes --images --yes", directory)
    _remove_image(f"{name}-web")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _remove_image(name: str) -> None:
    """What Compose built lies under this name, if the page came that far."""
    found = ("docker", "image", "ls", "--quiet", name)
    if subprocess.run(found, capture_output=True, text=True, check=True).stdout:
        subprocess.run(("docker", "image", "rm", "--force", name), check=True, capture_output=True)
