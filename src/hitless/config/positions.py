"""YAML with the line of every key, and duplicate keys refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

Loc = tuple[int | str, ...]
MAX_DEPTH = 64
MAX_NODES = 20_000  # after aliases: ten short lines can otherwise mean billions of values


class Positions:
    """Where each value of a YAML document stands.

    Args:
        text: The document.

    Raises:
        yaml.YAMLError: when the text is not YAML, too deep, or means too much.
    """

    def __init__(self, text: str) -> None:
        self._root = yaml.compose(text, Loader=yaml.SafeLoader)
        _expanded(self._root, {}, 0)

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
        yield from _duplicates(self._root)


def _child(node: Any, part: int | str) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _expanded(node: Any, sizes: dict[int, int], depth: int) -> int:
    """How many values a node means; an alias means all that its anchor does."""
    if depth > MAX_DEPTH:
        raise yaml.YAMLError(f"nested deeper than {MAX_DEPTH} levels")
    if id(node) not in sizes:
        sizes[id(node)] = 1 + sum(_expanded(c, sizes, depth + 1) for c in _children(node))
    if sizes[id(node)] > MAX_NODES:
        raise yaml.YAMLError(f"more than {MAX_NODES} values")
    return sizes[id(node)]


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _duplicates(node: Any) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                yield key.start_mark.line + 1, str(key.value)
            if isinstance(key, yaml.ScalarNode):
                seen.add(key.value)
    for child in _children(node):
        yield from _duplicates(child)
