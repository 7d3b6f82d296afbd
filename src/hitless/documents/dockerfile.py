"""Dockerfiles with the span of every instruction: directives, continuations, heredocs, stages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from hitless.documents.interpolation import interpolate
from hitless.domain.errors import DocumentInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
WITH_HEREDOC = frozenset(("RUN", "COPY", "ADD"))
HEREDOC = r"<<-?\s*([\"']?)([A-Za-z_]\w*)\1"
MAX_LINES = 20_000


class Instruction:
    """One instruction.

    Attributes:
        keyword: In capitals.
        text: What follows the keyword and its flags, continuations joined, heredocs left out.
        flags: ``--name=value``; a flag given twice has several values.
        heredocs: The bodies.
        line: Its first line, from 1; ``last`` is its last.
        start: Offset in characters, and ``end`` after its last line.
    """

    __slots__ = ("end", "flags", "heredocs", "keyword", "last", "line", "path", "start", "text")

    def __init__(  # noqa: PLR0917  # written out: dataclasses takes longer to import
        self,
        path: str,
        keyword: str,
        text: str,
        flags: dict[str, list[str]],
        heredocs: list[str],
        line: int,
        last: int,
        start: int,
        end: int,
    ) -> None:
        self.path = path
        self.keyword = keyword
        self.text = text
        self.flags = flags
        self.heredocs = heredocs
        self.line = line
        self.last = last
        self.start = start
        self.end = end

    def flag(self, name: str) -> str:
        """A flag's first value; empty when it was not given."""
        return self.flags.get(name, [""])[0]

    @property
    def script(self) -> str:
        """All that a RUN runs."""
        return "\n".join([self.text, *self.heredocs])

    @property
    def words(self) -> list[str] | None:
        """The words of the exec form; None in the shell form."""
        if not self.text.startswith("["):
            return None
        try:
            words = json.loads(self.text)
        except ValueError:
            return None
        return [str(word) for word in words] if isinstance(words, list) else None

    def sources(self) -> list[str]:
        """What a COPY or ADD takes."""
        return (self.words or self.text.split())[:-1]

    def destination(self) -> str:
        """Where a COPY or ADD puts it."""
        return ([*(self.words or self.text.split())] or [""])[-1]


class Stage:
    """From one FROM to the next.

    Attributes:
        base: The image or the earlier stage, build arguments filled in.
        name: Its own name; empty when it has none.
        index: From 0.
    """

    __slots__ = ("base", "index", "instructions", "name", "opening")

    def __init__(
        self,
        base: str,
        name: str,
        index: int,
        opening: Instruction,
        instructions: list[Instruction] | None = None,
    ) -> None:
        self.base = base
        self.name = name
        self.index = index
        self.opening = opening
        self.instructions: list[Instruction] = [] if instructions is None else instructions

    def of(self, *keywords: str) -> Iterator[Instruction]:
        """Its instructions of these kinds."""
        return (one for one in self.instructions if one.keyword in keywords)

    @property
    def title(self) -> str:
        """What to call it."""
        return self.name or f"stage {self.index}"


class Dockerfile:
    """A whole Dockerfile."""

    __slots__ = ("instructions", "path", "stages")

    def __init__(
        self,
        path: str,
        stages: list[Stage] | None = None,
        instructions: list[Instruction] | None = None,
    ) -> None:
        self.path = path
        self.stages: list[Stage] = [] if stages is None else stages
        self.instructions: list[Instruction] = [] if instructions is None else instructions

    def stage(self, target: str) -> Stage | None:
        """The stage that a build with this target makes; the last one without a target."""
        if not target:
            return self.stages[-1] if self.stages else None
        for stage in self.stages:
            if target.lower() in (stage.name.lower(), str(stage.index)):
                return stage
        return None

    def lineage(self, stage: Stage) -> list[Stage]:
        """The stage and the stages of this file that it is built on, newest first."""
        found = [stage]
        while (below := self._named(found[-1].base, found[-1].index)) is not None:
            found.append(below)
        return found

    def inherited(self, stage: Stage, *keywords: str) -> list[Instruction]:
        """Instructions of a stage and of those below it, oldest first."""
        return [i for one in reversed(self.lineage(stage)) for i in one.of(*keywords)]

    def needed(self, stage: Stage) -> list[Stage]:
        """Every stage that building this one builds, in the order of the file."""
        found: set[int] = set()
        waiting = [stage]
        while waiting:
            one = waiting.pop()
            if one.index in found:
                continue
            found.add(one.index)
            names = [one.base, *(i.flag("from") for i in one.of("COPY", "ADD"))]
            names += re.findall(r"from=([\w.-]+)", "\n".join(_mounts(one)))
            below = (self._named(name, one.index) for name in names)
            waiting += [other for other in below if other is not None]
        return [one for one in self.stages if one.index in found]

    def _named(self, name: str, before: int) -> Stage | None:
        for stage in reversed(self.stages[:before]):
            if name and name.lower() in (stage.name.lower(), str(stage.index)):
                return stage
        return None


def _mounts(stage: Stage) -> list[str]:
    return [mount for run in stage.of("RUN") for mount in run.flags.get("mount", [])]


def parse(text: str, path: str) -> Dockerfile:
    """A Dockerfile from its text.

    Raises:
        DocumentInvalid: with file and line, at the first thing that no builder would take.
    """
    made = Dockerfile(path)
    arguments: dict[str, str] = {}
    for one in _instructions(text, path):
        made.instructions.append(one)
        if one.keyword == "FROM":
            made.stages.append(_stage(one, len(made.stages), arguments))
        elif made.stages:
            made.stages[-1].instructions.append(one)
        elif one.keyword == "ARG":
            name, _, default = one.text.partition("=")
            arguments[name.strip()] = default.strip().strip("\"'")
        else:
            raise DocumentInvalid(path, one.line, f"{one.keyword} stands before the first FROM")
    if not made.stages:
        raise DocumentInvalid(path, 1, "there is no FROM")
    return made


def _stage(one: Instruction, index: int, arguments: dict[str, str]) -> Stage:
    words = one.text.split()
    if not words:
        raise DocumentInvalid(one.path, one.line, "FROM names no image")
    named = len(words) == 3 and words[1].lower() == "as"  # noqa: PLR2004  # FROM image AS name
    return Stage(interpolate(words[0], arguments), words[2] if named else "", index, one)


def _instructions(text: str, path: str) -> Iterator[Instruction]:
    lines = text.splitlines(keepends=True)
    if len(lines) > MAX_LINES:
        raise DocumentInvalid(path, 1, f"more than {MAX_LINES} lines")
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    escape = _escape(lines)
    at = 0
    while at < len(lines):
        if not lines[at].strip() or lines[at].lstrip().startswith("#"):
            at += 1
            continue
        logical, after = _logical(lines, at, escape)
        one = _instruction(logical, path, at)
        one.start, after = offsets[at], _with_heredocs(one, lines, after)
        one.last, one.end = after, offsets[after]
        yield one
        at = after


def _escape(lines: list[str]) -> str:
    for line in lines:
        found = re.match(r"#\s*(\w+)\s*=\s*(\S+)", line)
        if not found:
            break
        if found[1].lower() == "escape":
            return found[2]
    return "\\"


def _logical(lines: list[str], at: int, escape: str) -> tuple[str, int]:
    """The instruction's lines as one, and the index of the line after it."""
    parts: list[str] = []
    while at < len(lines):
        line = lines[at].rstrip("\r\n")
        at += 1
        if parts and (not line.strip() or line.lstrip().startswith("#")):
            continue  # comments and blank lines may stand between continued lines
        bare = line.rstrip()
        if not bare.endswith(escape):
            parts.append(line.strip())
            break
        parts.append(bare[: -len(escape)].strip())
    return " ".join(parts), at


def _instruction(logical: str, path: str, at: int) -> Instruction:
    keyword, _, rest = logical.partition(" ")
    keyword = keyword.upper()
    if keyword not in KNOWN:
        raise DocumentInvalid(path, at + 1, f"unknown instruction {keyword[:20]!r}")
    flags: dict[str, list[str]] = {}
    rest = rest.strip()
    while found := re.match(r"--([\w.-]+)(?:=(\S+))?\s*", rest):
        flags.setdefault(found[1], []).append(found[2] or "")
        rest = rest[found.end() :]
    return Instruction(path, keyword, rest, flags, [], at + 1, at + 1, 0, 0)


def _with_heredocs(one: Instruction, lines: list[str], at: int) -> int:
    """Read the bodies that an instruction opens; the index of the line after them."""
    if one.keyword not in WITH_HEREDOC or "<<" not in one.text:
        return at
    for found in re.finditer(HEREDOC, one.text):
        body: list[str] = []
        while at < len(lines) and lines[at].strip() != found[2]:
            body.append(lines[at].rstrip("\r\n"))
            at += 1
        if at == len(lines):
            raise DocumentInvalid(one.path, one.line, f"heredoc {found[2]!r} has no end")
        one.heredocs.append("\n".join(body))
        at += 1
    return at
