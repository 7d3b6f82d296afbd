"""Edits YAML by what is meant: each intent becomes one splice, and everything else stays as it is.

After the splice the text is read again. It has to mean the old text with the intent carried
out and nothing else, or the edit is refused. A value that an alias stands for is changed at its
anchor, for all that use it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.fix.edit import Edit, RefusedError, spliced
from hitless.fix.yaml_data import Meaning, meaning_of, plain
from hitless.fix.yaml_pieces import pieces
from hitless.fix.yaml_text import (
    column,
    dash_of,
    entry,
    flow,
    in_block,
    item,
    quoted,
    scalar,
    style_of,
)

if TYPE_CHECKING:
    from hitless.fix.yaml_pieces import Piece
    from hitless.fix.yaml_text import Value

Keys = tuple[str | int, ...]  # from the document's root; a number is a place in a list
MARK = "\ufeff"  # the byte order mark is no character to the parser


class Set(NamedTuple):
    """This value below these keys; mappings on the way to it are made.

    A list is written with dashes, a tuple on one line. ``Noted`` puts a comment beside it.
    """

    path: str
    keys: Keys
    value: Value


class Append(NamedTuple):
    """One more item at the end of the list below these keys; the list is made if need be."""

    path: str
    keys: Keys
    value: Value


class Remove(NamedTuple):
    """No such key or item any more; what is left empty by that goes with it."""

    path: str
    keys: Keys


class Rename(NamedTuple):
    """Another name for the last of these keys."""

    path: str
    keys: Keys
    name: str


Change = Set | Append | Remove | Rename
CHANGES = (Set, Append, Remove, Rename)


def changed(text: str, change: Change) -> str:
    """The text with the change made and proved.

    Raises:
        RefusedError: when it cannot be made, or would change anything else.
    """
    if text.startswith(MARK):
        return MARK + changed(text.removeprefix(MARK), change)
    documents = pieces(text, change.path)
    if not documents or documents[0].kind != "map":
        raise RefusedError(f"{change.path} has no keys at its top")
    editor = _Editor(text, change.path, documents[0])
    meaning = Meaning(documents[0])
    edit = editor.edit(change, meaning)
    made = spliced(text, [edit])
    wanted = [plain(meaning.root), *(plain(Meaning(one).root) for one in documents[1:])]
    if [plain(Meaning(one).root) for one in pieces(made, change.path)] != wanted:
        raise RefusedError(f"{_name(change.keys)} cannot be changed in place in {change.path}")
    return made


def _name(keys: Keys) -> str:
    return ".".join(str(one) for one in keys)


class _Editor:
    """Turns a change into a splice, and carries it out on the meaning."""

    def __init__(self, text: str, path: str, root: Piece) -> None:
        self._text = text
        self._path = path
        self._root = root
        self._style = style_of(text, root)
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def edit(self, change: Change, meaning: Meaning) -> Edit:
        """The splice; ``meaning`` afterwards means what it should come to."""
        if isinstance(change, Set):
            return self._set(change.keys, change.value, meaning)
        if isinstance(change, Append):
            return self._append(change.keys, change.value, meaning)
        if isinstance(change, Remove):
            return self._remove(change.keys, meaning)
        return self._rename(change.keys, change.name, meaning)

    def _set(self, keys: Keys, value: Value, meaning: Meaning) -> Edit:
        holder, key, rest = self._found(keys)
        for name in reversed(rest):
            value = {str(name): value}
        data = meaning.of(holder)
        if holder.kind == "list":
            old = self._item(holder, key)
            data.items[int(key)] = meaning_of(value)
            return self._replaced(holder, old, value)
        data.own[str(key)] = meaning_of(value)
        pair = holder.pair(str(key))
        if pair is None:
            return self._added(holder, str(key), value)
        return self._revalued(holder, pair, value)

    def _append(self, keys: Keys, value: Value, meaning: Meaning) -> Edit:
        holder, key, rest = self._found(keys)
        there = None if rest else self._child(holder, key)
        if there is None or there.meant.is_null:
            return self._set(keys, [value], meaning)
        there = there.meant
        if there.kind != "list":
            raise RefusedError(f"{_name(keys)} is no list in {self._path}")
        meaning.of(there).items.append(meaning_of(value))
        if there.flow:
            last = there.items[-1] if there.items else there
            return self._into_flow(there, self._alike(last, value, flat=True))
        dash = column(self._text, dash_of(self._text, there))
        return self._lines_after(there, dash, item(value, self._style))

    def _remove(self, keys: Keys, meaning: Meaning) -> Edit:
        holder, key, rest = self._found(keys)
        there = None if rest else self._child(holder, key)
        if there is None:
            raise RefusedError(f"{_name(keys)} is not there in {self._path}")
        alone = len(holder.items or holder.pairs) == 1
        if alone and len(keys) > 1:
            return self._remove(keys[:-1], meaning)
        data = meaning.of(holder)
        if holder.kind == "list":
            del data.items[int(key)]
            return self._without(holder, there.start, there)
        del data.own[str(key)]
        pair = holder.pair(str(key))
        return self._without(holder, pair[0].start if pair else there.start, there)

    def _rename(self, keys: Keys, name: str, meaning: Meaning) -> Edit:
        holder, key, rest = self._found(keys)
        pair = holder.pair(str(key)) if not rest and holder.kind == "map" else None
        if pair is None or holder.owner(name) is not None:
            raise RefusedError(f"{_name(keys)} cannot be called {name} in {self._path}")
        own = meaning.of(holder).own
        own[name] = own.pop(str(key))
        return self._edit(pair[0].start, pair[0].end, scalar(name))

    def _found(self, keys: Keys) -> tuple[Piece, str | int, Keys]:
        """What holds the last key that can be there, that key, and keys below it to be made."""
        holder = self._root
        for place, key in enumerate(keys[:-1]):
            child = self._child(holder, key)
            if child is None and holder.kind == "map":
                source = holder.owner(str(key))
                child = self._child(source, key) if source is not None else None
            if child is None or child.meant.is_null:
                return holder, key, keys[place + 1 :]
            holder = child.meant
            if holder.kind == "text":
                raise RefusedError(f"{_name(keys[: place + 1])} is a text in {self._path}")
        return holder, keys[-1], ()

    def _child(self, holder: Piece, key: str | int) -> Piece | None:
        if holder.kind == "list":
            return self._item(holder, key)
        pair = holder.pair(str(key))
        return pair[1] if pair is not None else None

    def _item(self, holder: Piece, key: str | int) -> Piece:
        if not isinstance(key, int) or not 0 <= key < len(holder.items):
            raise RefusedError(f"{self._path} has no item {key} there")
        return holder.items[key]

    def _added(self, holder: Piece, key: str, value: Value) -> Edit:
        if holder.flow:
            return self._into_flow(holder, f"{scalar(key)}: {flow(value)}")
        indent = column(self._text, holder.pairs[0][0].start)
        lines = entry(key, value, self._style)
        apart = holder is self._root and self._is_airy(holder)
        return self._lines_after(holder, indent, ["", *lines] if apart else lines)

    def _is_airy(self, holder: Piece) -> bool:
        """A blank line stands before its last key."""
        start = holder.pairs[-1][0].start
        return self._text[:start].replace("\r", "").endswith("\n\n")

    def _into_flow(self, holder: Piece, made: str) -> Edit:
        children = holder.children()
        if children:
            end = children[-1].content_end(self._text)
            return self._edit(end, end, f", {made}")
        opening = self._text.find("{" if holder.kind == "map" else "[", holder.start)
        return self._edit(opening + 1, opening + 1, made)

    def _lines_after(self, holder: Piece, indent: int, lines: list[str]) -> Edit:
        end = self._line_end(holder.content_end(self._text))
        made = "".join(f"{self._newline}{' ' * indent if line else ''}{line}" for line in lines)
        return self._edit(end, end, made)

    def _revalued(self, holder: Piece, pair: tuple[Piece, Piece], value: Value) -> Edit:
        """Another value for a key that is there."""
        key, old = pair
        lines = entry(key.text, value, self._style)
        if holder.flow or old.named or (len(lines) == 1 and self._is_inline(old)):
            return self._replaced(holder, old, value)
        colon = re.compile(r"\s*:").match(self._text, key.end)
        if colon is None:
            raise RefusedError(f"{key.text} is written in an unusual way in {self._path}")
        indent = column(self._text, key.start)
        first = lines[0].partition(": ")[2] if len(lines) == 1 else ""
        made = [f" {first}" if first else "", *(f"{' ' * indent}{line}" for line in lines[1:])]
        end = max(colon.end(), old.content_end(self._text))
        return self._edit(colon.end(), end, self._newline.join(made))

    def _is_inline(self, old: Piece) -> bool:
        return old.kind == "alias" or old.flow or (old.kind == "text" and old.start < old.end)

    def _replaced(self, holder: Piece, old: Piece, value: Value) -> Edit:
        if old.named:
            raise RefusedError(f"other places of {self._path} use what would be replaced")
        end = old.content_end(self._text)
        apart = " " if old.start == end else ""
        return self._edit(old.start, end, f"{apart}{self._alike(old, value, flat=holder.flow)}")

    def _alike(self, other: Piece, value: Value, *, flat: bool) -> str:
        """A value on one line, in the quotes of the one that stands or stood there."""
        if isinstance(value, str) and other.style in ("'", '"'):
            return quoted(value, other.style)
        return flow(value) if flat or value is None else in_block(value, beside=other.text)

    def _without(self, holder: Piece, start: int, value: Piece) -> Edit:
        end = value.content_end(self._text)
        if holder.flow:
            return self._out_of_flow(holder, start, end)
        begin, after = self._text.rfind("\n", 0, start) + 1, self._line_end(end)
        if self._text[begin:start].strip() != ("-" if holder.kind == "list" else ""):
            raise RefusedError(f"{self._path} has something else before it on its line")
        if after < len(self._text):
            return self._edit(begin, self._text.index("\n", after) + 1, "")
        kept = self._text[:begin].removesuffix("\n").removesuffix("\r")  # no last line break, still
        return self._edit(len(kept), after, "")

    def _out_of_flow(self, holder: Piece, start: int, end: int) -> Edit:
        starts = [one.start for one in (holder.items or [k for k, _ in holder.pairs])]
        later = [one for one in starts if one > start]
        if later:
            return self._edit(start, later[0], "")
        before = [one.content_end(self._text) for one in holder.children() if one.end <= start]
        return self._edit(before[-1] if before else start, end, "")

    def _line_end(self, offset: int) -> int:
        """Where the line break of this line stands, or the text's end."""
        found = self._text.find("\n", offset)
        end = len(self._text) if found < 0 else found
        return end - 1 if self._text[end - 1 : end] == "\r" and end > offset else end

    def _edit(self, start: int, end: int, text: str) -> Edit:
        return Edit(self._path, start, end, text)
