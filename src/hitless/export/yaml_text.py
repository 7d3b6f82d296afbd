"""YAML that people read: in the given order, with the reasons in it, and nothing ambiguous."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

WIDTH = 96
PLAIN = re.compile(r"[A-Za-z/](?:[\w./-]*[\w/])?")
# Words that some reader of YAML 1.1, such as kubectl's, takes for something else than text.
SPECIAL = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))


@dataclass(frozen=True, slots=True)
class Why:
    """A value, and the comment that stands above its key."""

    text: str
    value: Any


def document(content: Mapping[str, Any]) -> str:
    """One YAML document, with its final line break."""
    return "".join(f"{line}\n" for line in _mapping(content))


def scalar(value: object) -> str:
    """A scalar that every YAML reader takes for this very value."""
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and value.lower() not in SPECIAL
        return value if plain else _quoted(value)
    return json.dumps(value)


def _quoted(value: str) -> str:
    text: str = yaml.safe_dump(value, default_style='"', width=float("inf"), allow_unicode=True)
    return text.rstrip("\n")


def _mapping(content: Mapping[str, Any], width: int = WIDTH) -> Iterator[str]:
    for key, value in content.items():
        if isinstance(value, Why):
            yield from (f"# {line}" for line in textwrap.wrap(value.text, width - 2))
        found = value.value if isinstance(value, Why) else value
        yield from _entry(f"{scalar(key)}:", found, width)


def _entry(start: str, value: Any, width: int) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield start
        yield from (f"  {line}" for line in _mapping(value, width - 2))
    elif isinstance(value, Sequence) and value and not isinstance(value, str):
        yield start
        yield from (f"  {line}" for line in _items(value, width - 4))
    else:
        yield f"{start} {_leaf(value)}"


def _items(values: Sequence[Any], width: int) -> Iterator[str]:
    for value in values:
        nested = isinstance(value, Mapping) and value
        lines = list(_mapping(value, width)) if nested else [_leaf(value)]
        yield f"- {lines[0]}"
        yield from (f"  {line}" for line in lines[1:])


def _leaf(value: Any) -> str:
    """What stands in one line; of collections that is the empty ones."""
    return json.dumps(value) if value in ([], {}) else scalar(value)
