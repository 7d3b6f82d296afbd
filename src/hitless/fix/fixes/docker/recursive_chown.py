"""DF04: files get their owner when they are copied."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.paths import within
from hitless.fix.dockerfiles import edited, folder_at, parts, spots
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Instruction
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.dockerfiles import Spot
    from hitless.fix.step import Step

CHANGE = r"(chown|chmod)\s+(?:-R|--recursive)\s+(\S+)\s+(\S.*)"
MAKES_USERS = r"\b(?:useradd|adduser|groupadd|addgroup)\b"
WRITERS = (
    "pip3?|uv|npm|yarn|pnpm|apt-get|apk|make|cp|mv|tar|curl|wget|touch|ln|git|python3?|go|cargo"
)
WRITES = rf"\b(?:{WRITERS})\b"


class Change(NamedTuple):
    """One recursive change: ``chown`` or ``chmod``, to what, and of which paths."""

    tool: str
    value: str
    paths: list[str]


@fix("DF04")
def recursive_chown(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Move the owner or mode to the COPY; a folder's own is changed, but not deeply."""
    for finding, spot in spots(repository, findings):
        yield edited(repository, finding, spot.file.path, partial(_moved, spot=spot))


def _moved(editor: DockerfileEditor, spot: Spot) -> None:
    commands = parts(spot.one)
    left: list[str] = []
    for command in commands:
        change = _change(command)
        if change is None:
            left.append(command)
        else:
            left += _given_by_copies(editor, spot, change)
    if left:
        flags = "".join(f" --{n}={v}" for n, vs in spot.one.flags.items() for v in vs)
        editor.rewrite(spot.one, f"RUN{flags} {' && '.join(left)}")
    else:
        editor.remove(spot.one)


def _change(command: str) -> Change | None:
    found = re.fullmatch(CHANGE, command)
    if found is None:
        return None
    if found[1] == "chmod" and not re.fullmatch(r"0?[0-7]{3,4}", found[2]):
        raise RefusedError(f"mode {found[2]} depends on the one before")
    return Change(found[1], found[2], found[3].split())


def _given_by_copies(editor: DockerfileEditor, spot: Spot, change: Change) -> list[str]:
    """Give the copies their owner; what is left to do for the folders themselves."""
    shallow = []
    for path in change.paths:
        copies = [one for one in _copies(spot) if within(_target(spot, one), path.strip("/"))]
        if not copies:
            raise RefusedError(f"no COPY of this stage fills {path}")
        for one in copies:
            _refuse_later(spot, one, change)
            if one.flag(change.tool) != change.value:
                editor.add_flag(one, f"--{change.tool}={change.value}")
        if not any(_target(spot, one) == path.strip("/") and _is_folder(one) for one in copies):
            shallow.append(path)
    return [f"{change.tool} {change.value} {' '.join(shallow)}"] if shallow else []


def _copies(spot: Spot) -> list[Instruction]:
    return [one for one in spot.stage.of("COPY", "ADD") if one.line < spot.one.line]


def _target(spot: Spot, one: Instruction) -> str:
    """Where a COPY writes, without the leading slash."""
    folder = folder_at(spot.stage, one, spot.file)
    return posixpath.normpath(posixpath.join(folder, one.destination())).strip("/")


def _is_folder(one: Instruction) -> bool:
    """The builder makes the destination, with the owner of what is in it."""
    return bool(one.flag("from")) or one.sources() not in ([], ["."], ["./"])


def _refuse_later(spot: Spot, copy: Instruction, change: Change) -> None:
    user = change.value.partition(":")[0]
    for one in spot.stage.of("RUN"):
        if not copy.line < one.line <= spot.one.line:
            continue
        if re.search(rf"{MAKES_USERS}.*\b{re.escape(user)}\b", one.script):
            raise RefusedError(f"user {user} is made below the COPY, in line {one.line}")
        if one is not spot.one and re.search(WRITES, one.script):
            raise RefusedError(f"line {one.line} may write there as well, as another user")
