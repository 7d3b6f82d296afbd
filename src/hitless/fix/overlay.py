"""A repository with some of its files changed, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.domain.ports import Files

MOST = 1_000_000  # bytes; the audit does not read more either


class OverlayFiles:
    """Implements :class:`hitless.domain.ports.Files` over other files.

    Args:
        files: What is there.
        texts: Path to the text that takes its place, or that is new.
    """

    def __init__(self, files: Files, texts: Mapping[str, str]) -> None:
        self._files = files
        self._texts = texts

    def paths(self) -> tuple[str, ...]:
        """Every file, new ones too."""
        return tuple(sorted({*self._files.paths(), *self._texts}))

    def read(self, path: str, most: int) -> bytes:
        """The beginning of a file."""
        if path in self._texts:
            return self._texts[path].encode()[:most]
        return self._files.read(path, most)


class RememberedFiles:
    """Implements :class:`hitless.domain.ports.Files`: what was read once is not read again."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._paths = files.paths()
        self._read: dict[tuple[str, int], bytes] = {}

    def paths(self) -> tuple[str, ...]:
        """Every file."""
        return self._paths

    def read(self, path: str, most: int) -> bytes:
        """The beginning of a file."""
        if (path, most) not in self._read:
            self._read[path, most] = self._files.read(path, most)
        return self._read[path, most]


def exact(files: Files, path: str) -> str:
    """The whole text of a file, such that writing it back changes no byte.

    Raises:
        RefusedError: when it is missing, too large, or not UTF-8.
    """
    if path not in files.paths():
        raise RefusedError(f"{path} is not there")
    data = files.read(path, MOST + 1)
    if len(data) > MOST:
        raise RefusedError(f"{path} is too large to edit")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(f"{path} is not UTF-8") from error
