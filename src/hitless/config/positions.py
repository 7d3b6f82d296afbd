"""The line of every key of hitless.yaml, and its duplicate keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.documents.yaml_tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.documents.yaml_tree import Node

Loc = tuple[int | str, ...]


class Positions:
    """Where each value of a YAML document stands.

    Args:
        text: The document.
        name: The file's name, for errors.

    Raises:
        DocumentInvalid: when the text is not YAML, too deep, or means too much.
    """

    def __init__(self, text: str, name: str = "hitless.yaml") -> None:
        self._root = parse(text, name)

    def line(self, loc: Loc) -> int:
        """The line of a value, or of the nearest thing above it that exists; from 1."""
        node, line = self._root, 1
        for part in loc:
            step = _child(node, part)
            if step is None:
                break
            key, node = step
            line = key.line
        return line

    def duplicates(self) -> Iterator[tuple[int, str]]:
        """Line and name of each key that its mapping already has."""
        stack = [self._root]
        while stack:
            node = stack.pop()
            yield from ((key.line, key.text) for key in node.twice)
            stack += [*reversed(node.items), *reversed(list(node.fields.values()))]


def _child(node: Node, part: int | str) -> tuple[Node, Node] | None:
    if node.is_map and str(part) in node.fields:
        return node.keys[str(part)], node.fields[str(part)]
    if isinstance(part, int) and part < len(node.items):
        return node.items[part], node.items[part]
    return None
