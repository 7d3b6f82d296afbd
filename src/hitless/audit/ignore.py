"""What a person accepted: comments beside the code, and the list in hitless.yaml.

Both need a reason. One that no longer covers anything is told, or it would hide the next
finding in its place.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from hitless.domain.finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hitless.domain.finding import Finding

COMMENT = r"(?:#|//)\s*hitless:\s*ignore\[([A-Z0-9, ]+)\][ \t]*(.*)"
MARK = "hitless: ignore["


class Ignore:
    """One acceptance.

    Attributes:
        rules: Ids that it covers.
        place: Where it was written.
        path: A glob of files it covers.
        lines: First and last line it covers; None covers a whole file.
        subject: The only subject it covers; empty for all.
        until: The last day it is good for, as ``YYYY-MM-DD``; empty for ever.
    """

    __slots__ = ("lines", "path", "place", "reason", "rules", "subject", "until", "used")

    def __init__(  # noqa: PLR0917  # written out: dataclasses takes longer to import
        self,
        rules: frozenset[str],
        place: Place,
        reason: str,
        path: str = "*",
        lines: tuple[int, int] | None = None,
        subject: str = "",
        until: str = "",
        *,
        used: bool = False,
    ) -> None:
        self.rules = rules
        self.place = place
        self.reason = reason
        self.path = path
        self.lines = lines
        self.subject = subject
        self.until = until
        self.used = used

    def covers(self, finding: Finding) -> bool:
        """The finding is what was accepted."""
        if finding.rule not in self.rules or not fnmatchcase(finding.place.path, self.path):
            return False
        if self.subject and self.subject != finding.subject:
            return False
        return self.lines is None or self.lines[0] <= finding.place.line <= self.lines[1]


class Ignores(NamedTuple):
    """All acceptances of a repository.

    Attributes:
        entries: In any order.
        today: As ``YYYY-MM-DD``.
    """

    entries: list[Ignore]
    today: str

    def mark(self, finding: Finding) -> Finding:
        """The finding, with the reason for which it was accepted."""
        for one in self.entries:
            if one.reason and not self._is_over(one) and one.covers(finding):
                one.used = True
                return finding._replace(ignored=one.reason)
        return finding

    def notices(self) -> Iterator[tuple[Place, str]]:
        """What is wrong with the acceptances themselves."""
        for one in self.entries:
            names = ", ".join(sorted(one.rules))
            if not one.reason:
                yield one.place, f"ignore of {names} gives no reason and is not in force"
            elif self._is_over(one):
                yield one.place, f"ignore of {names} ended on {one.until}"
            elif not one.used:
                yield one.place, f"ignore of {names} covers nothing; remove it"

    def _is_over(self, one: Ignore) -> bool:
        return bool(one.until) and one.until < self.today


def in_comments(texts: Mapping[str, str]) -> list[Ignore]:
    """The acceptances that stand in files."""
    found = []
    for path, text in texts.items():
        if MARK in text and not path.endswith((".md", ".rst")):
            found += list(_of_file(path, text))
    return found


def _of_file(path: str, text: str) -> Iterator[Ignore]:
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        found = re.search(COMMENT, line)
        if not found:
            continue
        names = frozenset(name.strip() for name in found[1].split(",") if name.strip())
        begin = number if line[: found.start()].strip() else _next(lines, number)
        span = (begin, _block_end(lines, begin))
        yield Ignore(names, Place(path, number), found[2].strip(), path, span)


def _next(lines: list[str], number: int) -> int:
    """The line after a comment that stands alone: the next one that says something."""
    for later in range(number, len(lines)):
        stripped = lines[later].strip()
        if stripped and not stripped.startswith(("#", "//")):
            return later + 1
    return number


def _block_end(lines: list[str], begin: int) -> int:
    """The last line that belongs to the one at ``begin``, by its indentation."""
    indent = _indent(lines[begin - 1])
    end = begin
    for number in range(begin, len(lines)):
        if lines[number].strip():
            if _indent(lines[number]) <= indent:
                break
            end = number + 1
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
