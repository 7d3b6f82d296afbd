"""The edge's access log in the small world."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitless.adapters.memory.nginx import Nginx
    from hitless.domain.access import Access


class MemoryAccessLog:
    """Implements :class:`hitless.domain.ports.AccessLog`.

    Attributes:
        unreadable: Raised by :meth:`open`, as with a log that the engine cannot read.
    """

    def __init__(self, nginx: Nginx) -> None:
        self._nginx = nginx
        self._at: int | None = None
        self.unreadable: Exception | None = None

    def open(self, edge: str, since: float) -> None:  # noqa: ARG002  # one edge
        """Begin with what ended after ``since``."""
        if self.unreadable:
            raise self.unreadable
        lines = self._nginx.accesses
        self._at = next((i for i, line in enumerate(lines) if line.at > since), len(lines))

    def read(self) -> tuple[Access, ...]:
        """What was written since the last call."""
        if self._at is None:
            return ()
        found = tuple(self._nginx.accesses[self._at :])
        self._at += len(found)
        return found

    def close(self) -> None:
        """Follow no longer."""
        self._at = None
