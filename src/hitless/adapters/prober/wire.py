"""The lines that a prober writes: one JSON document each, told apart by ``type``.

``ready``, then any number of ``second`` (additive parts, see domain.evidence) and
``failure``, and last ``end`` with the totals, against which the reader checks that it
saw everything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hitless.domain.evidence import Failure, Second

STOP = "stop"


@dataclass(frozen=True, slots=True)
class Ready:
    """The traffic is understood; sending begins."""


@dataclass(frozen=True, slots=True)
class End:
    """Nothing is open any more and everything has been written."""

    sent: int
    failed: int


Line = Ready | Second | Failure | End


def encode(line: Line) -> str:
    """One line of text, without its newline."""
    return json.dumps(_document(line), separators=(",", ":"))


def decode(text: str) -> Line:
    """A line from :func:`encode`.

    Raises:
        ValueError: when the text is no such line.
    """
    document = json.loads(text)
    kind = document.pop("type", None)
    if kind == "second":
        return Second.from_json(document)
    if kind == "failure":
        return Failure.from_json(document)
    if kind == "end":
        return End(**document)
    if kind == "ready":
        return Ready()
    raise ValueError(f"not a line of the prober: {text[:80]!r}")


def _document(line: Line) -> dict[str, Any]:
    if isinstance(line, Second):
        return {"type": "second", **line.to_json()}
    if isinstance(line, Failure):
        return {"type": "failure", **line.to_json()}
    if isinstance(line, End):
        return {"type": "end", "sent": line.sent, "failed": line.failed}
    return {"type": "ready"}
