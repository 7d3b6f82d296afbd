"""A repository without the files that ``hitless init`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitless.domain.ports import Files


class BareFiles:
    """Implements :class:`hitless.domain.ports.Files`: an earlier answer must not be the question.

    Args:
        files: All of them.
        hidden: The paths that are left out.
    """

    def __init__(self, files: Files, hidden: frozenset[str]) -> None:
        self._files = files
        self._hidden = hidden

    def paths(self) -> tuple[str, ...]:
        """Every other file."""
        return tuple(path for path in self._files.paths() if path not in self._hidden)

    def read(self, path: str, most: int) -> bytes:
        """The beginning of a file."""
        return self._files.read(path, most)
