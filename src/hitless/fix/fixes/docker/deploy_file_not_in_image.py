"""DF15: alembic.ini and the migrations are copied beside the code."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.documents.paths import joined, within
from hitless.fix.dockerfiles import edited, spots
from hitless.fix.edit import RefusedError
from hitless.fix.registry import WHAT_RUNS, fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Instruction
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.dockerfiles import Spot
    from hitless.fix.step import Step


@fix("DF15", turn=WHAT_RUNS)
def deploy_file_not_in_image(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Copy both to where the code's own folder is."""
    for finding, spot in spots(repository, findings):
        change = partial(_copied, repository, spot=spot, path=finding.subject)
        yield edited(repository, finding, spot.file.path, change)


def _copied(repository: Repository, editor: DockerfileEditor, spot: Spot, path: str) -> None:
    code = _copy_of_code(repository, spot, posixpath.dirname(path))
    if spot.one.keyword not in ("COPY", "ADD"):
        raise RefusedError("the image copies its code in a stage of its own")
    source, target = code.sources()[0].rstrip("/"), code.destination().rstrip("/")
    if len(code.sources()) != 1 or posixpath.basename(source) != posixpath.basename(target):
        raise RefusedError(f"line {code.line} does not tell into which folder the code goes")
    base = posixpath.dirname(target) or "."
    wanted = [path, *_scripts(repository, spot, path)]
    flags = f"--chown={code.flag('chown')} " if code.flag("chown") else ""
    home = posixpath.dirname(path)
    lines = []
    for one in wanted:
        name = posixpath.relpath(one, home or ".")
        there = f"{base}/" if one == path else f"{base}/{name}"
        lines.append(f"COPY {flags}{posixpath.relpath(one, spot.context or '.')} {there}")
    editor.after(spot.one, *lines)


def _copy_of_code(repository: Repository, spot: Spot, home: str) -> Instruction:
    for one in spot.stage.of("COPY", "ADD"):
        for source in one.sources() if not one.flag("from") else ():
            folder = joined(spot.context, source)
            code = any(path.endswith(".py") for path in repository.below(folder))
            if code and folder != home and within(folder, home):
                return one
    raise RefusedError("the code beside it comes in another way; an ignore file may leave it out")


def _scripts(repository: Repository, spot: Spot, path: str) -> list[str]:
    """The folder of the migrations, unless a COPY brings it already."""
    found = re.search(r"^script_location\s*=\s*(\S+)", repository.text(path), re.MULTILINE)
    name = re.sub(r"%\(here\)s/?", "", found[1]) if found else "alembic"
    folder = joined(posixpath.dirname(path), name)
    copied = [
        joined(spot.context, source)
        for one in spot.stage.of("COPY", "ADD")
        if not one.flag("from")
        for source in one.sources()
    ]
    if ":" in name or any(within(folder, one) for one in copied):
        return []
    if not repository.has(folder):
        raise RefusedError(f"script_location names {folder}, which is not there")
    return [folder]
