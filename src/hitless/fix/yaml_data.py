"""What a YAML file means, shared values shared, so that an intent can be tried on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hitless.fix.yaml_pieces import STRING, resolved
from hitless.fix.yaml_text import Noted, flow

if TYPE_CHECKING:
    from hitless.fix.yaml_pieces import Piece
    from hitless.fix.yaml_text import Value


@dataclass(slots=True, eq=False)
class Mapping:
    """A mapping's own values, and the mappings merged into it."""

    tag: str
    own: dict[str, Any] = field(default_factory=dict)
    merges: list[Mapping] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Sequence:
    """A list's values."""

    tag: str
    items: list[Any] = field(default_factory=list)


class Meaning:
    """The meaning of a tree; a value that is used twice is there once.

    Args:
        root: A document.
    """

    def __init__(self, root: Piece) -> None:
        self._made: dict[int, Any] = {}
        self.root = self._of(root)

    def of(self, piece: Piece) -> Any:
        """What this piece means; changed in place by intents."""
        return self._made[id(piece.meant)]

    def _of(self, piece: Piece) -> Any:
        piece = piece.meant
        if id(piece) not in self._made:
            self._made[id(piece)] = self._new(piece)
        return self._made[id(piece)]

    def _new(self, piece: Piece) -> Any:
        if piece.kind == "list":
            return Sequence(piece.tag, [self._of(one) for one in piece.items])
        if piece.kind == "map":
            own = {k.text: self._of(v) for k, v in piece.pairs if not k.is_merge}
            for _, value in piece.pairs:  # a merged list of mappings is no field
                self._of(value)
            merges = [
                found for one in piece.merges() if isinstance(found := self._of(one), Mapping)
            ]
            return Mapping(piece.tag, own, merges)
        return (piece.tag, "" if piece.is_null else piece.text)  # nothing is written in many ways


def plain(value: Any) -> Any:
    """Data that can be compared: merges followed, own keys first."""
    if isinstance(value, Sequence):
        return [value.tag, *(plain(one) for one in value.items)]
    if not isinstance(value, Mapping):
        return value
    found: dict[str, Any] = {}
    for source in reversed(value.merges):
        found.update(plain(source)[1])
    return (value.tag, {**found, **{name: plain(one) for name, one in value.own.items()}})


def meaning_of(value: Value) -> Any:
    """What a value of an intent means once it is written."""
    if isinstance(value, Noted):
        return meaning_of(value.value)
    if isinstance(value, dict):
        return Mapping("", {name: meaning_of(one) for name, one in value.items()})
    if isinstance(value, (list, tuple)):
        return Sequence("", [meaning_of(one) for one in value])
    if isinstance(value, str):
        return (STRING, value)
    told = flow(value)
    return (resolved(told), "" if value is None else told)
