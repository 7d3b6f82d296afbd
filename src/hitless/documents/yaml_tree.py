"""YAML as a tree in which every value knows its file, line and column.

Built from the C parser's events: its own tree builder recurses, and a file of brackets
alone would end the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from hitless.domain.errors import DocumentInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 64
MAX_NODES = 20_000  # after aliases: ten short lines can otherwise mean billions of values
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
TRUTHS = frozenset(("true", "yes", "on"))


class Node:
    """A value, and where it stands.

    Attributes:
        path: The file.
        line: From 1.
        column: From 1.
        start: Offset in characters of its first character, and ``end`` after its last.
        text: What a scalar says, as written; empty for others.
        quoted: The scalar stands in quotes or in a block.
        tag: Such as ``!reset``; empty when none was written.
        fields: A mapping's values, merge keys already followed.
        keys: Where each key of ``fields`` stands.
        items: A list's values.
        twice: Keys that the mapping already had.
    """

    __slots__ = (
        "column",
        "end",
        "fields",
        "items",
        "keys",
        "kind",
        "line",
        "path",
        "quoted",
        "size",
        "start",
        "tag",
        "text",
        "twice",
    )

    def __init__(  # noqa: PLR0917  # written out: dataclasses takes longer to import
        self,
        path: str,
        line: int,
        column: int,
        start: int,
        end: int,
        kind: str,
        text: str = "",
        *,
        quoted: bool = False,
        tag: str = "",
        fields: dict[str, Node] | None = None,
        keys: dict[str, Node] | None = None,
        items: list[Node] | None = None,
        twice: list[Node] | None = None,
        size: int = 1,
    ) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.start = start
        self.end = end
        self.kind = kind
        self.text = text
        self.quoted = quoted
        self.tag = tag
        self.fields: dict[str, Node] = {} if fields is None else fields
        self.keys: dict[str, Node] = {} if keys is None else keys
        self.items: list[Node] = [] if items is None else items
        self.twice: list[Node] = [] if twice is None else twice
        self.size = size

    @property
    def is_map(self) -> bool:
        """It is a mapping."""
        return self.kind == "map"

    @property
    def is_list(self) -> bool:
        """It is a list."""
        return self.kind == "list"

    @property
    def is_null(self) -> bool:
        """Nothing was written where a value could stand."""
        return self.kind == "text" and not self.quoted and self.text in NULLS

    @property
    def is_true(self) -> bool:
        """It means yes."""
        return self.text.lower() in TRUTHS

    def get(self, *keys: str) -> Node | None:
        """The value below these keys; None when there is none, or nothing in it."""
        node: Node | None = self
        for key in keys:
            node = node.fields.get(key) if node is not None else None
        return None if node is None or node.is_null else node

    def say(self, *keys: str) -> str:
        """The text below these keys; empty when there is none."""
        node = self.get(*keys)
        return node.text if node is not None else ""

    def key(self, name: str) -> Node:
        """Where a key stands, or the mapping itself when it has no such key."""
        return self.keys.get(name, self)

    def texts(self, *keys: str) -> list[str]:
        """A list's scalars; a lone scalar counts as a list of one."""
        return [one.text for one in self.nodes(*keys)]

    def nodes(self, *keys: str) -> list[Node]:
        """A list's values; a lone scalar counts as a list of one."""
        node = self.get(*keys)
        if node is None:
            return []
        return node.items if node.is_list else [] if node.is_map else [node]

    def walk(self) -> Iterator[Node]:
        """Every scalar in it, keys left out."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node.kind == "text":
                yield node
            stack += [*reversed(node.items), *reversed(list(node.fields.values()))]


def parse(text: str, path: str) -> Node:
    """The first document of a file; an empty mapping when there is none.

    Raises:
        DocumentInvalid: with file and line, when it is not YAML, too deep, or means too much.
    """
    return next(iter(parse_all(text, path)), empty(path))


def parse_all(text: str, path: str) -> list[Node]:
    """Every document of a file; see :func:`parse`."""
    try:
        return _Builder(path).build(yaml.parse(text, Loader=LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        line = mark.line + 1 if mark else 1
        raise DocumentInvalid(path, line, f"not YAML: {what}") from None


def empty(path: str) -> Node:
    """A mapping without anything in it."""
    return Node(path, 1, 1, 0, 0, "map")


def as_map(node: Node) -> Node:
    """``[A=1]`` and ``[name]`` as a mapping; other nodes as they are."""
    if not node.is_list:
        return node
    made = Node(node.path, node.line, node.column, node.start, node.end, "map")
    for item in node.items:
        name, equals, value = item.text.partition("=")
        made.keys[name] = item
        at = (item.path, item.line, item.column, item.start, item.end)
        made.fields[name] = Node(*at, "text", value, quoted=bool(equals))
    return made


class _Builder:
    """Makes nodes from events, without recursion."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._open: list[tuple[Node, list[Node], str | None]] = []
        self._anchors: dict[str, Node] = {}
        self._documents: list[Node] = []

    def build(self, events: Iterable[Any]) -> list[Node]:
        """All documents."""
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._add(self._scalar(event), event.anchor)
            elif isinstance(event, yaml.MappingStartEvent):
                self._begin(event, "map")
            elif isinstance(event, yaml.SequenceStartEvent):
                self._begin(event, "list")
            elif isinstance(event, yaml.CollectionEndEvent):
                self._finish(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
        return self._documents

    def _node(self, event: Any, kind: str) -> Node:
        at, end = event.start_mark, event.end_mark
        node = Node(self._path, at.line + 1, at.column + 1, at.index, end.index, kind)
        if event.tag and not event.tag.startswith("tag:yaml.org"):
            node.tag = event.tag
        return node

    def _scalar(self, event: Any) -> Node:
        node = self._node(event, "text")
        node.text, node.quoted = event.value, not event.implicit[0]
        return node

    def _begin(self, event: Any, kind: str) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        self._open.append((self._node(event, kind), [], event.anchor))

    def _finish(self, event: Any) -> None:
        node, children, anchor = self._open.pop()
        node.end = max(node.start, event.end_mark.index)
        node.size += sum(child.size for child in children)
        if node.size > MAX_NODES:
            self._refuse(event, f"more than {MAX_NODES} values")
        if node.is_map:
            _fill(node, children)
        else:
            node.items = children
        self._add(node, anchor)

    def _alias(self, event: Any) -> None:
        target = self._anchors.get(event.anchor)
        if target is None:
            self._refuse(event, f"alias *{event.anchor} has no anchor above it")
        self._add(target, None)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1][1].append(node)
        else:
            self._documents.append(node)

    def _refuse(self, event: Any, why: str) -> NoReturn:
        raise DocumentInvalid(self._path, event.start_mark.line + 1, f"not YAML: {why}")


def _fill(node: Node, children: list[Node]) -> None:
    """Give a mapping its fields: own keys win over merged ones, earlier merges over later."""
    own: set[str] = set()
    merged: list[Node] = []
    for key, value in zip(children[::2], children[1::2], strict=False):
        if key.text == "<<" and not key.quoted:
            merged += value.items if value.is_list else [value]
            continue
        if key.text in own:
            node.twice.append(key)
        own.add(key.text)
        node.fields[key.text], node.keys[key.text] = value, key
    for source in merged:
        for name, value in source.fields.items():
            if name not in node.fields:
                node.fields[name], node.keys[name] = value, source.keys[name]
