"""Values as YAML text, in the style of the file that they go into."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from hitless.fix.yaml_pieces import STRING, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hitless.fix.yaml_pieces import Piece

    Value: TypeAlias = "str | int | bool | Noted | Mapping[str, Value] | Sequence[Value] | None"

PLAIN = re.compile(r"[\w/.][\w./@+-]*", re.ASCII)
PLAIN_IN_BLOCK = re.compile(r"[a-zA-Z_/.$][\w./@+$:{}?-]*(?<!:)", re.ASCII)
# In place of plain text, words and numbers may stand as plainly.
PLAIN_AS_BEFORE = re.compile(r"[\w/.$](?:[\w./@+$:{}?=,-]|(?<!:) (?=[\w./$-]))*(?<!:)", re.ASCII)
USUAL_STEP = 2
LETTERS = frozenset(("y", "n", "Y", "N"))  # true and false to some readers


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with a comment beside it; flow style has no room for the comment."""

    value: Value
    comment: str


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is indented.

    Attributes:
        step: Columns from a key to the keys below it.
        dash: Columns from a key to the dashes of its list.
    """

    step: int
    dash: int


def style_of(text: str, root: Piece) -> Style:
    """The style of the first mapping and the first list in it."""
    step = dash = None
    waiting = [root]
    while waiting and (step is None or dash is None):
        piece = waiting.pop(0)
        waiting += piece.children()
        for key, value in piece.pairs:
            if piece.flow or value.flow or not value.children():
                continue
            if value.kind == "map" and step is None:
                step = column(text, value.pairs[0][0].start) - column(text, key.start)
            elif value.kind == "list" and dash is None:
                dash = column(text, dash_of(text, value)) - column(text, key.start)
    step = step or USUAL_STEP
    return Style(step, step if dash is None else dash)


def column(text: str, offset: int) -> int:
    """How many characters stand before it in its line."""
    return offset - (text.rfind("\n", 0, offset) + 1)


def dash_of(text: str, piece: Piece) -> int:
    """The offset of the first dash of a list in block style."""
    return text.rfind("-", piece.start, max(piece.items[0].start, piece.start + 1))


def literal(value: str | int | bool | None) -> str:  # noqa: FBT001  # it is the value
    """A scalar that is no text, as YAML writes it."""
    return "null" if value is None else str(value).lower()


def scalar(value: str | int | bool | None) -> str:  # noqa: FBT001  # it is the value
    """A scalar that reads the same in block and in flow style."""
    if not isinstance(value, str):
        return literal(value)
    return value if _is_plain(value, PLAIN) else quoted(value)


def quoted(value: str, style: str = '"') -> str:
    """A text in quotes: of this style if they can hold it, or of the one that has less to hide."""
    if value.isprintable() and (style == "'" or ('"' in value and "'" not in value)):
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False)


def _is_plain(value: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.fullmatch(value) and value not in LETTERS and resolved(value) == STRING)


def in_block(value: Value, *, beside: str = "") -> str:
    """A value on one line that is not in brackets, as plain as the text beside it."""
    pattern = PLAIN_AS_BEFORE if beside else PLAIN_IN_BLOCK
    if isinstance(value, str) and _is_plain(value, pattern):
        return value
    return "" if value is None else flow(value)


def flow(value: Value) -> str:
    """A value on one line."""
    if isinstance(value, Noted):
        return flow(value.value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{scalar(k)}: {flow(v)}' for k, v in value.items())}}}"
    if isinstance(value, (list, tuple)):
        uniform = any(isinstance(one, str) and flow(one) != one for one in value)
        return f"[{', '.join(_item(one, uniform=uniform) for one in value)}]"
    return scalar(value)  # type: ignore[arg-type]  # the rest are scalars


def _item(value: Value, *, uniform: bool) -> str:
    """An item on the line of its list: one in quotes puts all in quotes."""
    return quoted(value) if uniform and isinstance(value, str) else flow(value)


def entry(key: str, value: Value, style: Style) -> list[str]:
    """The lines of a mapping's entry in block style; a tuple is a list on one line."""
    inner, comment = _parted(value)
    head = f"{scalar(key)}:"
    if inner and isinstance(inner, dict):
        return [f"{head}{comment}", *_indented(style.step, below(inner, style))]
    if inner and isinstance(inner, list):
        return [f"{head}{comment}", *_indented(style.dash, below(inner, style))]
    return [f"{head} {in_block(inner)}".rstrip() + comment]


def below(value: Value, style: Style) -> list[str]:
    """The lines of a mapping or list that is not empty, in block style."""
    if isinstance(value, dict):
        return [line for name, one in value.items() for line in entry(name, one, style)]
    return [line for one in value for line in item(one, style)]  # type: ignore[union-attr]


def item(value: Value, style: Style) -> list[str]:
    """The lines of a list's item in block style."""
    inner, comment = _parted(value)
    if inner and isinstance(inner, dict):
        first, *rest = below(inner, style)
        return [f"- {first}{comment}", *_indented(2, rest)]
    return [f"- {in_block(inner)}".rstrip() + comment]


def _parted(value: Value) -> tuple[Value, str]:
    if isinstance(value, Noted):
        return value.value, f"  # {value.comment}"
    return value, ""


def _indented(by: int, lines: list[str]) -> list[str]:
    return [f"{' ' * by}{line}" for line in lines]
