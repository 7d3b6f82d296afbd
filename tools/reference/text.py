"""Markdown from values."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MADE = "<!-- Made from the code by `make gen`; changes here are overwritten. -->"


def document(title: str, *parts: str) -> str:
    """A page with a title and its parts."""
    return "\n\n".join((MADE, f"# {title}", *parts)) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars in cells are escaped, line breaks become spaces."""
    lines = [_row(head), _row(["---"] * len(head))]
    lines += [_row([cell.replace("|", "\\|").replace("\n", " ") for cell in row]) for row in rows]
    return "\n".join(lines)


def block(text: str, language: str = "text") -> str:
    """Text as it stands."""
    return f"```{language}\n{text.rstrip()}\n```"


def first_paragraph(thing: object) -> str:
    """What a docstring says before its first blank line, as one line.

    Raises:
        ValueError: when there is no docstring: nothing public goes without one.
    """
    text = inspect.getdoc(thing)
    if not text:
        raise ValueError(f"{thing!r} has no docstring")
    return " ".join(text.partition("\n\n")[0].split()).replace("``", "`")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
