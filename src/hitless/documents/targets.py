"""Names that ``make`` and ``just`` can run, with what each does."""

from __future__ import annotations

import re
from typing import NamedTuple


class Target(NamedTuple):
    """A recipe.

    Attributes:
        needs: Targets that run before it.
        recipe: Its commands, one a line.
    """

    name: str
    line: int
    needs: tuple[str, ...]
    recipe: str


def makefile(text: str) -> dict[str, Target]:
    """The targets of a Makefile; pattern rules and special targets are left out."""
    return _targets(text, r"^([A-Za-z0-9][\w./ -]*?)\s*::?(?!=)\s*([^=#]*?)(?:\s*;.*|\s*#.*)?$")


def justfile(text: str) -> dict[str, Target]:
    """The recipes of a justfile."""
    return _targets(text, r"^@?([A-Za-z_][\w-]*)(?:\s+[^:=]*)?:(?!=)\s*([^#]*?)(?:\s*#.*)?$")


def _targets(text: str, heading: str) -> dict[str, Target]:
    found: dict[str, Target] = {}
    names: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in ("\t", " ") and names:
            for name in names:
                found[name] = found[name]._replace(recipe=f"{found[name].recipe}{line.strip()}\n")
            continue
        head = re.match(heading, line)
        if not head:
            names = [] if line.strip() else names
            continue
        names = head[1].split()
        for name in names:
            found[name] = Target(name, number, tuple(head[2].split()), "")
    return found
