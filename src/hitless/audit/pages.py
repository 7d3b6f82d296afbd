"""What a reader finds in the documentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository


def readme(repository: Repository) -> str:
    """The page that a visitor sees first; empty when there is none."""
    return next(
        (p for p in repository.paths if re.fullmatch(r"(?i)readme(\.md|\.rst|\.txt)?", p)), ""
    )


def tells(repository: Repository, words: str) -> bool:
    """A page has a heading or a name with one of these words, or a command below such a one."""
    for path, text in repository.pages.items():
        if re.search(words, path, re.IGNORECASE):
            return True
        if re.search(rf"^(#+|=+|\\*\\*)[^\n]*({words})", text, re.IGNORECASE | re.MULTILINE):
            return True
    return False


def commands(text: str) -> Iterator[tuple[int, str]]:
    """The lines of code blocks, with their numbers."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("```", "~~~")):
            inside = not inside
        elif inside and line.strip():
            yield number, line.strip().removeprefix("$ ")
