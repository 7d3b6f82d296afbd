"""One answer of the edge, and what it proves about who gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN = 400  # readiness tells of each part, and the one that is wrong may be the last


class Answer(NamedTuple):
    """What came back for one request.

    Attributes:
        status: The HTTP status; 0 when no answer came.
        headers: With lower-case names.
        error: Why no answer came; empty otherwise.
    """

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""
    error: str = ""

    @property
    def ok(self) -> bool:
        """The status says success."""
        return 200 <= self.status < 300  # noqa: PLR2004  # the 2xx class of RFC 9110

    @property
    def slot(self) -> str:
        """The slot nginx chose for this request."""
        return self.headers.get("x-slot", "")

    @property
    def release(self) -> str:
        """The release the application says it is; empty when it says nothing."""
        return self.headers.get("x-release", "")

    @property
    def upstream(self) -> str:
        """The address that answered; shown only to who knows the edge's key."""
        return self.headers.get("x-upstream", "").rpartition(",")[2].strip().partition(":")[0]

    def __str__(self) -> str:
        return self.error or f"{self.status} {self.body[:SHOWN].decode(errors='replace')}".strip()
