"""Paths inside a repository, always with ``/`` and relative to its root."""

from __future__ import annotations

import posixpath


def joined(directory: str, name: str) -> str:
    """What ``name`` means in ``directory``; the root is empty, ``..`` beyond it is kept."""
    path = posixpath.normpath(posixpath.join(directory, name))
    return "" if path == "." else path


def within(path: str, directory: str) -> bool:
    """``path`` lies in ``directory`` or below it."""
    return not directory or path == directory or path.startswith(f"{directory}/")
