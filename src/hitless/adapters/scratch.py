"""Throw-away copies of a repository's files, in a directory that only its owner can read."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """A new directory of this name among the temporary files; gone at the end."""
    path = Path(tempfile.gettempdir(), name)
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def copy(root: Path, paths: Iterable[str], into: Path) -> None:
    """Copy files with their modes; links stay links, and what has just gone is left out."""
    for path in paths:
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            shutil.copy2(root / path, target, follow_symlinks=False)


def sweep(dead: Callable[[str], bool]) -> None:
    """Remove the directories of killed processes."""
    for path in Path(tempfile.gettempdir()).iterdir():
        if path.is_dir() and not path.is_symlink() and dead(path.name):
            shutil.rmtree(path, ignore_errors=True)
