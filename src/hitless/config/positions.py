"""YAML with the line of every key, and duplicate keys refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

Loc = tuple[int | str, ...]
MAX_DEPTH = 64


class Positions:
    """Where each value of a YAML document stands.

    Args:
        text: The document.

    Raises:
        yaml.YAMLError: when the text is not YAML.
    """

    def __init__(self, text: str) -> None:
        self._root = yaml.compose(text, Loader=yaml.SafeLoader)

    def line(self, loc: Loc) -> int:
        """The line of a value, or of the nearest thing above it that exists; from 1."""
        node, line = self._root, 1
        for part in loc:
            step = _child(node, part)
            if step is None:
                break
            key, node = step
            line = key.start_mark.line + 1
        return line

    def duplicates(self) -> Iterator[tuple[int, str]]:
        """Line and name of each key that its mapping already has."""
        yield from _duplicates(self._root, 0)


def _child(node: Any, part: int | str) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _duplicates(node: Any, depth: int) -> Iterator[tuple[int, str]]:
    if depth > MAX_DEPTH:
        raise yaml.YAMLError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 1, str(key.value)
            seen.add(key.value)
            yield from _duplicates(value, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicates(item, depth + 1)
