"""A repository that is a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class MemoryFiles:
    """Implements :class:`hitless.domain.ports.Files`.

    Args:
        texts: Path to content.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def paths(self) -> tuple[str, ...]:
        """Every file."""
        return tuple(sorted(self._texts))

    def read(self, path: str, most: int) -> bytes:
        """The beginning of a file."""
        return self._texts.get(path, "").encode()[:most]
