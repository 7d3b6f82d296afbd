"""Files that Hitless wrote, told from those that somebody wrote or changed."""

from __future__ import annotations

import hashlib
import re

MARK = 'Written by "hitless export kubernetes"; yours to change'
DIGITS = 12
FIRST_LINE = re.compile(rf"(?:# |<!-- ){re.escape(MARK)}\. \[([0-9a-f]{{{DIGITS}}})\](?: -->)?\n")


def marked(name: str, text: str) -> str:
    """The text below a line that tells who wrote it, and whether it is still as written."""
    begin, end = ("<!-- ", " -->") if name.endswith(".md") else ("# ", "")
    return f"{begin}{MARK}. [{_digest(text)}]{end}\n{text}"


def as_written(text: str) -> bool:
    """An export wrote it, and nobody has changed it since."""
    found = FIRST_LINE.match(text)
    return found is not None and found[1] == _digest(text[found.end() :])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
