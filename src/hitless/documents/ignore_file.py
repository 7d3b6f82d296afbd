"""``.dockerignore``: which paths of a build context are left out."""

from __future__ import annotations

import re
from typing import NamedTuple


class IgnoreFile(NamedTuple):
    """The patterns of a file, in order; the last one that fits decides."""

    path: str
    patterns: tuple[str, ...]

    def leaves_out(self, name: str) -> bool:
        """A path relative to the context is not sent to the builder."""
        out = False
        for pattern in self.patterns:
            keep = pattern.startswith("!")
            if fits(pattern.lstrip("!"), name):
                out = not keep
        return out


def parse(text: str, path: str) -> IgnoreFile:
    """The patterns; any text is a valid file."""
    lines = (line.strip() for line in text.splitlines())
    return IgnoreFile(path, tuple(line for line in lines if line and not line.startswith("#")))


def fits(pattern: str, name: str) -> bool:
    """A pattern in the builder's own sense covers a path or a folder above it."""
    wanted = _expression(pattern.removeprefix("./").strip("/"))
    parts = name.split("/")
    return any(re.fullmatch(wanted, "/".join(parts[: n + 1])) for n in range(len(parts)))


def _expression(pattern: str) -> str:
    made, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**", at):
            slash = pattern.startswith("**/", at)
            made += "(?:.*/)?" if slash else ".*"
            at += 3 if slash else 2
            continue
        made += {"*": "[^/]*", "?": "[^/]"}.get(pattern[at], re.escape(pattern[at]))
        at += 1
    return made
