"""Text that takes the place of other text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class RefusedError(Exception):
    """An edit that cannot be made without risk; the message is the reason, lower case."""


class Edit(NamedTuple):
    """Text that takes the place of other text.

    Attributes:
        path: The file.
        start: Offset in characters of the first one that goes; ``end`` after the last. Both
            count in the text that the fix was given, whatever other edits there are.
        text: What stands there afterwards.
    """

    path: str
    start: int
    end: int
    text: str


class NewFile(NamedTuple):
    """A whole file.

    Attributes:
        replace: A file of this path may be there: it was generated too.
    """

    path: str
    text: str
    replace: bool = False


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; several insertions in one place keep their order.

    Raises:
        RefusedError: when two edits overlap, or one lies outside of the text.
    """
    made, done = [], 0
    for one in sorted(edits, key=lambda e: (e.start, e.end)):
        if not done <= one.start <= one.end <= len(text):
            raise RefusedError(f"two edits of {one.path} overlap, or one lies outside of it")
        made += [text[done : one.start], one.text]
        done = one.end
    return "".join([*made, text[done:]])
