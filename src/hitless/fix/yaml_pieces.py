"""YAML as it is written: aliases stay aliases, merge keys stay keys, each with its offsets.

The tree of :mod:`hitless.documents.yaml_tree` tells what a file means; an edit also has to know
which characters say so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from hitless.documents.yaml_tree import LOADER, parse_all
from hitless.domain.errors import DocumentInvalid
from hitless.fix.edit import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

RESOLVER = yaml.resolver.Resolver()
MERGE = "<<"


@dataclass(slots=True, eq=False)
class Piece:
    """A value as it is written.

    Attributes:
        start: Offset of its first character, with its anchor and tag; ``end`` after its last.
            A block's end is where the next thing begins: see :meth:`content_end`.
        style: ``'`` or ``"`` or ``|`` or ``>``; empty for plain text.
        flow: It stands in brackets.
        named: It has an anchor.
        pairs: Of a mapping; merge keys are among them.
        target: What an alias stands for.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    style: str = ""
    tag: str = ""
    flow: bool = False
    named: bool = False
    pairs: list[tuple[Piece, Piece]] = field(default_factory=list)
    items: list[Piece] = field(default_factory=list)
    target: Piece | None = None

    @property
    def meant(self) -> Piece:
        """Itself, or what the alias stands for."""
        return self.target if self.target is not None else self

    @property
    def is_null(self) -> bool:
        """Nothing, or a word for it."""
        return self.kind == "text" and not self.style and self.tag.endswith(":null")

    def pair(self, key: str) -> tuple[Piece, Piece] | None:
        """Its own entry of this key; of two the last, as every reader takes it."""
        found = [one for one in self.pairs if one[0].text == key and not one[0].is_merge]
        return found[-1] if found else None

    @property
    def is_merge(self) -> bool:
        """As a key: it merges another mapping."""
        return self.text == MERGE and not self.style

    def merges(self) -> Iterator[Piece]:
        """The mappings that are merged into it; earlier ones win."""
        for key, value in self.pairs:
            if key.is_merge:
                meant = value.meant
                yield from (one.meant for one in (meant.items if meant.kind == "list" else [meant]))

    def owner(self, key: str) -> Piece | None:
        """The mapping that really has this key: itself, or one that is merged into it."""
        if self.pair(key) is not None:
            return self
        return next((found for one in self.merges() if (found := one.owner(key))), None)

    def children(self) -> list[Piece]:
        """Keys and values, or items, in order."""
        return [*self.items, *(one for pair in self.pairs for one in pair)]

    def content_end(self, text: str) -> int:
        """The offset after its last character that is no space, comment or line break."""
        piece = self
        while piece.kind in ("map", "list") and not piece.flow and piece.children():
            piece = piece.children()[-1]
        if piece.style in ("|", ">"):
            return piece.start + len(text[piece.start : piece.end].rstrip())
        return piece.end


def pieces(text: str, path: str) -> list[Piece]:
    """Every document of a file.

    Raises:
        RefusedError: when the file is not YAML.
    """
    try:
        parse_all(text, path)  # refuses what is too deep or means too much
    except DocumentInvalid as error:
        raise RefusedError(error.message) from error
    return _Builder().build(yaml.parse(text, Loader=LOADER))


class _Builder:
    """Makes pieces from events, without recursion."""

    def __init__(self) -> None:
        self._open: list[tuple[Piece, list[Piece]]] = []
        self._anchors: dict[str, Piece] = {}
        self._documents: list[Piece] = []

    def build(self, events: Iterator[Any]) -> list[Piece]:
        """All documents."""
        for event in events:
            if isinstance(event, yaml.CollectionStartEvent):
                kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
                self._open.append((self._piece(event, kind), []))
            elif isinstance(event, yaml.CollectionEndEvent):
                self._finish(event)
            elif isinstance(event, yaml.ScalarEvent):
                self._add(self._scalar(event))
            elif isinstance(event, yaml.AliasEvent):
                self._add(self._alias(event))
        return self._documents

    def _alias(self, event: Any) -> Piece:
        at = (event.start_mark.index, event.end_mark.index)
        return Piece("alias", *at, target=self._anchors[event.anchor])

    def _piece(self, event: Any, kind: str) -> Piece:
        at = (event.start_mark.index, event.end_mark.index)
        made = Piece(kind, *at, tag=event.tag or "", named=bool(event.anchor))
        made.flow = bool(getattr(event, "flow_style", False))
        if event.anchor:
            self._anchors[event.anchor] = made
        return made

    def _scalar(self, event: Any) -> Piece:
        made = self._piece(event, "text")
        made.text, made.style = event.value, event.style or ""
        if not made.tag:
            made.tag = resolved(event.value) if event.implicit[0] else STRING
        return made

    def _finish(self, event: Any) -> None:
        made, children = self._open.pop()
        made.end = event.end_mark.index
        if made.kind == "map":
            made.pairs = list(zip(children[::2], children[1::2], strict=True))
        else:
            made.items = children
        self._add(made)

    def _add(self, piece: Piece) -> None:
        (self._open[-1][1] if self._open else self._documents).append(piece)


STRING = "tag:yaml.org,2002:str"


def resolved(text: str) -> str:
    """The tag that plain text gets."""
    tag: str = RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag
