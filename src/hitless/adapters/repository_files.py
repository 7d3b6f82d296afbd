"""The files of a repository: in a directory, or at a commit of git."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from hitless.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Of this program, for each environment: no part of the repository, whether or not git ignores it.
STATE = ".hitless"
STATES = re.compile(rf"(?:^|/){re.escape(STATE)}(?:-[^/]+)?/")
SKIPPED = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        "node_modules",
        ".venv",
        "venv",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".tox",
        ".nox",
        "dist",
        "build",
        "target",
        ".next",
        "site-packages",
        ".terraform",
    ]
)
MOST_FILES = 100_000
SECONDS = 30.0


class DirectoryFiles:
    """Implements :class:`hitless.domain.ports.Files` on a directory.

    In a git repository what git ignores is left out; elsewhere folders that tools make are.
    The state of Hitless never is part of it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._name = os.fspath(root)

    def paths(self) -> tuple[str, ...]:
        """Every file; links to folders are not followed."""
        if not self._root.is_dir():
            raise UsageError(f"{self._root} is no directory", 'name one with "hitless audit PATH"')
        listed = self._of_git() if _in_git(self._root) else None
        found = _walked(self._root) if listed is None else listed
        return tuple(sorted(found)[:MOST_FILES])

    def read(self, path: str, most: int) -> bytes:
        """The beginning of a file."""
        try:
            # Without a buffer or a path object: a thousand files are read in an audit.
            file = os.open(f"{self._name}/{path}", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return b""
        try:
            return _begin_of(file, most)
        except OSError:
            return b""
        finally:
            os.close(file)

    def _of_git(self) -> list[str] | None:
        command = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        out = _git(self._root, *command, f"--exclude={STATE}/", f"--exclude={STATE}-*/")
        if out is None:
            return None
        return _present(self._name, set(_names(out)))


class CommitFiles:
    """Implements :class:`hitless.domain.ports.Files` on a commit of a git repository.

    Args:
        root: A directory in the repository; paths are relative to it.
        revision: A commit, branch or tag.
    """

    def __init__(self, root: Path, revision: str) -> None:
        self._root = root
        self._revision = revision

    def paths(self) -> tuple[str, ...]:
        """Every file of the commit."""
        if self._revision.startswith("-"):
            raise UsageError(f"{self._revision!r} is no revision", "name a commit, branch or tag")
        out = _git(self._root, "ls-tree", "-r", "-z", "--name-only", self._revision)
        if out is None:
            raise UsageError(
                f"revision {self._revision!r} is not known in {self._root}",
                'see what there is with "git log --oneline"',
            )
        return tuple(sorted(_names(out)))

    def read(self, path: str, most: int) -> bytes:
        """The beginning of a file as it was."""
        return (_git(self._root, "show", f"{self._revision}:./{path}") or b"")[:most]


def _begin_of(file: int, most: int) -> bytes:
    data = os.read(file, most)
    while data and len(data) < most:
        more = os.read(file, most - len(data))
        if not more:
            break
        data += more
    return data


def _present(root: str, names: Iterable[str]) -> list[str]:
    """Those that are files: folders are asked, because a question for each file takes longer."""
    folders: dict[str, list[str]] = {}
    for name in names:
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    found: list[str] = []
    for folder, inside in folders.items():
        here = _files_in(root, folder)
        found += [name for name in inside if name in here]
    return found


def _files_in(root: str, folder: str) -> set[str]:
    prefix = f"{folder}/" if folder else ""
    try:
        with os.scandir(f"{root}/{folder}") as entries:
            return {f"{prefix}{one.name}" for one in entries if one.is_file()}
    except OSError:  # gone, or closed to this user
        return set()


def _in_git(root: Path) -> bool:
    return any((one / ".git").exists() for one in (root, *root.parents))


def _names(out: bytes) -> list[str]:
    """What git lists, without state of this program that somebody committed."""
    names = (os.fsdecode(name) for name in out.split(b"\0") if name)
    return [name for name in names if not STATES.search(name)]


def _git(root: Path, *arguments: str) -> bytes | None:
    try:
        done = subprocess.run(
            ("git", "-C", os.fspath(root), *arguments),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except OSError:  # this machine has no git
        return None
    return done.stdout if done.returncode == 0 else None


def _walked(root: Path) -> list[str]:
    found: list[str] = []
    waiting = [""]
    while waiting and len(found) < MOST_FILES:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(root / folder))
        except OSError:  # a folder that this user may not open has no files for him
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED and not STATES.match(f"{entry.name}/"):
                    waiting.append(name)
            elif entry.is_file():
                found.append(name)
    return found
