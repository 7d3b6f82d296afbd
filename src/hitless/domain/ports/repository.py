"""The repository that is audited or released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hitless.domain.container import Output


class Files(Protocol):
    """The files of a repository, at work or as they were at another commit."""

    def paths(self) -> tuple[str, ...]:
        """Every file, relative and with ``/``, sorted; what git ignores is left out.

        Raises:
            UsageError: when there is no such directory, or no such commit.
        """

    def read(self, path: str, most: int) -> bytes:
        """The first ``most`` bytes of a file; empty when it cannot be read."""


class Checkouts(Protocol):
    """The files of the repository as they were at another revision."""

    def add(self, directory: Path, revision: str, into: Path) -> Path:
        """Check a revision out into a new directory, and leave ``directory`` as it is.

        Returns what ``directory`` is in there.

        Raises:
            UsageError: when there is no repository, or no such revision.
            CommandFailed: when git cannot check it out.
        """

    def remove(self, directory: Path, into: Path) -> None:
        """Remove such a directory, also half of one; no effect when it is gone."""


class Scanners(Protocol):
    """Other programs that look at a repository, run side by side."""

    def has(self, program: str) -> bool:
        """The program is on PATH."""

    def begin(self, command: Sequence[str]) -> Callable[[float], Output | None]:
        """Start a program in the repository; the answer waits for its end.

        What is returned takes the seconds to wait, and returns what was printed on standard
        output, or None when the program had to be ended.
        """
