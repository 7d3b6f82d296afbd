"""A repository whose revisions are given as the files that they hold."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from hitless.domain.errors import CommandFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class MemoryCheckouts:
    """Implements :class:`hitless.domain.ports.Checkouts` without git.

    Args:
        revisions: Revision → the texts of its files, by their names.
    """

    def __init__(self, revisions: Mapping[str, Mapping[str, str]]) -> None:
        self._revisions = revisions

    def add(self, directory: Path, revision: str, into: Path) -> Path:  # noqa: ARG002  # the root
        """Write the files of a revision into a new directory."""
        if revision not in self._revisions:
            raise UsageError(f"the repository has no revision {revision!r}")
        if into.exists():
            raise CommandFailed(f"{into} already exists")
        into.mkdir(parents=True)
        for name, text in self._revisions[revision].items():
            (into / name).write_text(text)
        return into

    def remove(self, directory: Path, into: Path) -> None:  # noqa: ARG002  # no trace elsewhere
        """Remove such a directory, also half of one; no effect when it is gone."""
        shutil.rmtree(into, ignore_errors=True)
