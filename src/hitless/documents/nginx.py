"""nginx configuration with the line of every directive; includes are followed by the caller.

Own code and not a library: the one at hand (crossplane) opens files by itself, and an
audit must also read a repository as it was at another commit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.domain.errors import DocumentInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACE = r"\s+|\#[^\n]*"
QUOTED = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
WORD = r"(?:\\.|\$\{[^}]*\}|[^\s{};\"'\\])(?:\\.|\$\{[^}]*\}|[^\s{};\\])*"
PARTS = rf"{SPACE}|{QUOTED}|[{{}};]|{WORD}|."
MAX_DEPTH = 32


class Directive:
    """A directive and, if it has a block, what stands in it.

    Attributes:
        start: Offset in characters of its first word, and ``end`` after its semicolon or brace.
        inside: After the brace that opens its block; 0 when it has none.
    """

    __slots__ = ("args", "block", "end", "inside", "line", "name", "parent", "path", "start")

    def __init__(  # noqa: PLR0917  # written out: dataclasses takes longer to import
        self,
        path: str,
        name: str,
        args: list[str],
        line: int,
        block: list[Directive] | None = None,
        parent: Directive | None = None,
        start: int = 0,
        end: int = 0,
        inside: int = 0,
    ) -> None:
        self.path = path
        self.name = name
        self.args = args
        self.line = line
        self.block = block
        self.parent = parent
        self.start = start
        self.end = end
        self.inside = inside

    def all(self, *names: str) -> Iterator[Directive]:
        """Directives of these names, itself left out, at any depth."""
        for one in self.block or ():
            if one.name in names:
                yield one
            yield from one.all(*names)

    def own(self, *names: str) -> list[Directive]:
        """Directives of these names directly in its block."""
        return [one for one in self.block or () if one.name in names]

    def effective(self, name: str) -> Directive | None:
        """The directive that is in force here: its own, or the nearest one above."""
        level: Directive | None = self
        while level is not None:
            if found := level.own(name):
                return found[-1]
            level = level.parent
        return None

    def above(self) -> Iterator[Directive]:
        """The blocks around it, the nearest first."""
        level = self.parent
        while level is not None:
            yield level
            level = level.parent


def parse(text: str, path: str) -> Directive:
    """A file as a block without a name.

    Raises:
        DocumentInvalid: with the line, where braces or semicolons do not add up.
    """
    root = Directive(path, "", [], 1, [])
    level, line, begun, depth, start = root, 1, 1, 0, 0
    words: list[str] = []
    for found in re.finditer(PARTS, text, re.DOTALL):
        part = found[0]
        if part in ("{", "}", ";"):
            depth += {"{": 1, "}": -1, ";": 0}[part]
            if depth > MAX_DEPTH:
                raise DocumentInvalid(path, line, f"nested deeper than {MAX_DEPTH} blocks")
            level = _closed(level, words, part, (begun, start), (line, found.end()))
            words = []
        elif not part.isspace() and not part.startswith("#"):
            begun, start = (begun, start) if words else (line, found.start())
            words.append(_unquoted(part))
        line += part.count("\n")
    if level is not root or words:
        raise DocumentInvalid(path, line, "the file ends inside a block or a directive")
    return root


def _closed(
    level: Directive, words: list[str], part: str, begun: tuple[int, int], now: tuple[int, int]
) -> Directive:
    """Take in what a brace or semicolon ends; the block that goes on.

    ``begun`` is the line and offset of the first word, ``now`` that after the last character.
    """
    path, (line, end) = level.path, now
    if part == "}":
        if words or level.parent is None:
            what = f"{words[0]!r} has no semicolon" if words else "a brace too many"
            raise DocumentInvalid(path, line, what)
        level.end = end
        return level.parent
    if not words:
        raise DocumentInvalid(path, line, f"{part!r} without a directive")
    block: list[Directive] | None = [] if part == "{" else None
    one = Directive(path, words[0], words[1:], begun[0], block, level, begun[1], end)
    one.inside = end if part == "{" else 0
    (level.block if level.block is not None else []).append(one)
    return one if part == "{" else level


def _unquoted(part: str) -> str:
    quoted = len(part) > 1 and part[0] == part[-1] and part[0] in "\"'"
    return part[1:-1] if quoted else part
