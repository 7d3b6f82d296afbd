"""A file system of a test's own, which can be full or read-only from one moment to the next."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def mounted(place: Path, options: str = "size=64m") -> Iterator[Callable[[str], None]]:
    """Mount one there; what is yielded mounts it anew with other options, at once."""
    kind = ("-t", "tmpfs", "-o", f"mode=0777,{options}", "tmpfs")
    _as_root("mount", *kind, str(place))
    try:
        yield lambda changed: _as_root("mount", "-o", f"remount,{changed}", str(place))
    finally:
        _as_root("umount", "--lazy", str(place))


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """A directory in which nothing can be changed while the block lasts."""
    _as_root("mount", "--bind", str(place), str(place))
    try:
        _as_root("mount", "-o", "remount,ro,bind", str(place))
        yield
    finally:
        _as_root("umount", str(place))


def used(place: Path) -> int:
    """How many kilobytes of its file system are in use."""
    found = os.statvfs(place)
    return (found.f_blocks - found.f_bfree) * found.f_frsize // 1024


def _as_root(*command: str) -> None:
    sudo = () if os.geteuid() == 0 else ("sudo", "--non-interactive")
    subprocess.run((*sudo, *command), check=True, capture_output=True)
