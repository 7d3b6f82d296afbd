"""The Task Tracker in two releases, ready to be switched."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "stacks" / "task-tracker" / "demo"))

from workspace import Workspace  # noqa: E402  # the demonstration's own

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OLD, NEW = "v1.2.0", "v1.3.0"


@contextmanager
def two_releases() -> Iterator[Workspace]:
    """Both releases deployed and hot; the newer one serves."""
    workspace = Workspace(ROOT / ".cache" / "bench", 0)
    try:
        workspace.materialise((OLD, NEW))
        workspace.release(OLD)
        workspace.release(NEW)
        yield workspace
    finally:
        workspace.remove()


def as_users() -> dict[str, str]:
    """The environment without what makes every start compile the program anew."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def save(name: str, result: dict[str, Any]) -> None:
    """Keep what was measured."""
    directory = ROOT / "benchmarks" / "results"
    directory.mkdir(exist_ok=True)
    (directory / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows below their heads, as Markdown."""
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(value) for value in row) + " |")
