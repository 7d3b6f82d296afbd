"""Writes to the working tree of a repository: all files or none, each in one piece."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from hitless.domain.errors import NotWritten

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 30.0
ORDINARY_MODE = 0o644
HINT = 'nothing was changed; look at the file and try "hitless fix --write" again'


class DirectoryTree:
    """The working tree of a repository, which may be written to.

    Args:
        root: The repository, or a directory in it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def dirty(self) -> tuple[str, ...] | None:
        """What git does not have as it is, by path; None outside of git."""
        command = ("git", "-C", os.fspath(self._root), "status", "--porcelain", "-z", "--", ".")
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
        except OSError:  # no git on this machine
            return None
        if done.returncode:
            return None
        return tuple(os.fsdecode(one[3:]) for one in done.stdout.split(b"\0") if one)

    def write(self, changes: Mapping[str, tuple[str | None, str]]) -> None:
        """Give every file its new text, or none: prepare all beside their places, then move them.

        Args:
            changes: Path to the text that is there, None for a new file, and the text to be.

        Raises:
            NotWritten: when one cannot be written, lies outside of the repository, or is no
                longer what it was.
        """
        targets = {path: self._inside(path) for path in changes}
        for path, (before, _) in changes.items():
            _expect(targets[path], path, before)
        prepared: dict[Path, Path] = {}
        made = [folder for one in targets.values() for folder in _missing(one.parent)]
        try:
            for path, (_, after) in changes.items():
                prepared[targets[path]] = _prepared(targets[path], after.encode())
            _move(prepared)
        except OSError as error:
            raise NotWritten(f"{error.filename}: {error.strerror}", HINT) from error
        finally:
            for beside in prepared.values():
                beside.unlink(missing_ok=True)
            for folder in sorted(set(made), reverse=True):
                with suppress(OSError):  # it has files in it: all went well
                    folder.rmdir()

    def _inside(self, path: str) -> Path:
        """Where a path really lies; links are followed, but not out of the repository."""
        target = (self._root / path).resolve()
        if not target.is_relative_to(self._root):
            raise NotWritten(f"{path} lies outside of the repository", HINT)
        return target


def _expect(target: Path, path: str, before: str | None) -> None:
    try:
        there = target.read_bytes() if target.exists() else None
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror}", HINT) from error
    if there != (None if before is None else before.encode()):
        raise NotWritten(f"{path} was changed by somebody else just now", HINT)


def _missing(folder: Path) -> list[Path]:
    """The folders on the way to a file that are not there yet."""
    return [one for one in (folder, *folder.parents) if not one.exists()]


def _prepared(target: Path, data: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = target.stat().st_mode & 0o7777 if target.exists() else ORDINARY_MODE
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink()
            raise
    return Path(file.name)


def _move(prepared: Mapping[Path, Path]) -> None:
    """Put every file in its place; an error or an interrupt brings the earlier ones back."""
    kept = {target: target.read_bytes() if target.exists() else None for target in prepared}
    moved: list[Path] = []
    try:
        for target, beside in prepared.items():
            moved.append(target)
            beside.replace(target)
    except BaseException:
        for target in moved:
            _restore(target, kept[target])
        raise


def _restore(target: Path, data: bytes | None) -> None:
    if data is None:
        target.unlink(missing_ok=True)
    elif target.read_bytes() != data:
        _prepared(target, data).replace(target)
