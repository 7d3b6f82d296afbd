"""Python as a program: what is said in it is not what it does."""

from __future__ import annotations

import io
import re
import tokenize

# Formatted strings are tokens of their own since Python 3.12.
STRINGS = frozenset(
    kind
    for name in ("STRING", "FSTRING_MIDDLE")
    if (kind := getattr(tokenize, name, None)) is not None
)


def code(text: str) -> str:
    """The text with spaces in place of what its comments and strings hold.

    Lines stay where they are. A text that is no Python comes back as it is.
    """
    lines = io.StringIO(text, newline="").readlines()
    try:
        for token in tokenize.generate_tokens(iter(lines[:]).__next__):
            if token.type in STRINGS or token.type == tokenize.COMMENT:
                _blank(lines, token.start, token.end)
    except (tokenize.TokenError, SyntaxError, IndexError):
        return text
    return "".join(lines)


def _blank(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> None:
    for number in range(start[0], end[0] + 1):
        line = lines[number - 1]
        first = start[1] if number == start[0] else 0
        last = end[1] if number == end[0] else len(line)
        lines[number - 1] = line[:first] + re.sub(r"\S", " ", line[first:last]) + line[last:]
