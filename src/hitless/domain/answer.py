"""One answer of the edge, and what it proves about who gave it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.domain.settings import SmokeCheck

SHOWN = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request.

    Attributes:
        status: The HTTP status; 0 when no answer came.
        headers: With lower-case names.
        error: Why no answer came; empty otherwise.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
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


def mismatch(check: SmokeCheck, answer: Answer, values: Mapping[str, str]) -> str:
    """Why an answer does not satisfy a smoke check; empty when it does.

    ``${RELEASE}`` and the like in expected texts are replaced from ``values``.
    """
    if answer.status != check.status:
        return f"expected status {check.status}, got {answer}"
    kind = answer.headers.get("content-type", "")
    if check.content_type and not kind.startswith(check.content_type):
        return f"expected content type {check.content_type}, got {kind or 'none'}"
    wanted = _filled(check.contains, values)
    if wanted not in answer.body.decode(errors="replace"):
        return f"the body does not contain {wanted!r}"
    return _json_mismatch(check.json, answer.body, values) if check.json else ""


def _json_mismatch(expected: Mapping[str, Any], body: bytes, values: Mapping[str, str]) -> str:
    try:
        document = json.loads(body)
    except ValueError:
        return "the body is not JSON"
    for key, value in expected.items():
        wanted = _filled(value, values) if isinstance(value, str) else value
        found = document.get(key) if isinstance(document, dict) else None
        if found != wanted:
            return f"expected {key} to be {wanted!r}, got {found!r}"
    return ""


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("${" + name + "}", value)
    return text
