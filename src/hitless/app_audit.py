"""The composition root of the audit.

Apart from :mod:`hitless.app`, so that a look at files does not load the engine's client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.adapters.repository_files import CommitFiles, DirectoryFiles
from hitless.audit.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.adapters.repository_writer import DirectoryTree
    from hitless.domain.ports import Files, Scanners


def working_tree(root: Path) -> Repository:
    """The repository as it is."""
    return Repository(DirectoryFiles(root))


def files(root: Path) -> Files:
    """The files of the working tree, for who changes some of them in memory."""
    return DirectoryFiles(root)


def tree(root: Path) -> DirectoryTree:
    """The working tree, for who writes to it."""
    from hitless.adapters.repository_writer import DirectoryTree  # noqa: PLC0415  # fixes only

    return DirectoryTree(root)


def bare_tree(root: Path) -> Repository:
    """The repository as it is without what ``hitless init`` writes."""
    from hitless.scaffold.files import BareFiles  # noqa: PLC0415  # an audit needs none of it
    from hitless.scaffold.write import OVERLAY  # noqa: PLC0415

    return Repository(BareFiles(DirectoryFiles(root), frozenset(("hitless.yaml", OVERLAY))))


def at_commit(root: Path, revision: str) -> Repository:
    """The repository as it was."""
    return Repository(CommitFiles(root, revision))


def scanners(root: Path) -> Scanners:
    """Other programs on this machine."""
    from hitless.adapters.scanners import PathScanners  # noqa: PLC0415  # most machines have none

    return PathScanners(root)
