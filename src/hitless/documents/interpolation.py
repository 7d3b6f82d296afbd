"""Variables in Compose files: ``$NAME``, ``${NAME:-default}``, ``${NAME:?message}``, ``$$``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATTERN = r"\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])((?:[^{}]|\{[^{}]*\})*))?\})"


class Variable(NamedTuple):
    """One use of a variable.

    Attributes:
        default: What is used without a value; None when nothing is given.
        required: Compose refuses to start without a value.
    """

    name: str
    default: str | None
    required: bool


def variables(text: str) -> Iterator[Variable]:
    """Every variable that a text uses, nested defaults included."""
    if "$" not in text:
        return
    for found in re.finditer(PATTERN, text):
        name = found[1] or found[2]
        if name:
            operator, rest = found[3] or "", found[4] or ""
            yield Variable(name, rest if operator.endswith("-") else None, operator.endswith("?"))
            yield from variables(rest)


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """The text with values or defaults in place; unknown variables become empty."""
    if "$" not in text:
        return text
    return re.sub(PATTERN, lambda found: _value(found, values), text)


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    name = found[1] or found[2]
    if not name:
        return "$"
    operator, rest = found[3] or "", found[4] or ""
    value = values.get(name)
    if operator.endswith("+"):
        return interpolate(rest, values) if value else ""
    if value is None or (operator.startswith(":") and not value):
        return interpolate(rest, values) if operator.endswith("-") else ""
    return value
