"""Dockerfiles as fixes meet them: instructions found again by a finding, and what they do."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.fix.attempt import attempt
from hitless.fix.dockerfile_edit import DockerfileEditor
from hitless.fix.edit import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile, Instruction, Stage
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.step import Step


class Spot(NamedTuple):
    """What a finding in a Dockerfile is about.

    Attributes:
        context: The build's context, as a folder of the repository.
        one: The instruction on its line.
    """

    file: Dockerfile
    stage: Stage
    context: str
    one: Instruction


def spots(repository: Repository, findings: Sequence[Finding]) -> Iterator[tuple[Finding, Spot]]:
    """Each instruction with findings, with the first of them."""
    seen = set()
    for finding in findings:
        path, line = finding.place
        if (path, line) not in seen and path in repository.dockerfiles:
            seen.add((path, line))
            yield finding, _spot(repository, path, line)


def _spot(repository: Repository, path: str, line: int) -> Spot:
    file = repository.dockerfiles[path]
    one = next(one for one in file.instructions if one.line == line)
    stage = next(s for s in file.stages if one is s.opening or one in s.instructions)
    contexts = [context for other, _, context in repository.released if other.path == path]
    return Spot(file, stage, contexts[0] if contexts else posixpath.dirname(path), one)


def edited(
    repository: Repository, finding: Finding, path: str, make: Callable[[DockerfileEditor], None]
) -> Step:
    """The edits that a function makes in a Dockerfile, proved."""

    def done() -> list[Edit]:
        editor = DockerfileEditor(repository.text(path), path)
        make(editor)
        return editor.proved()

    return attempt(finding.place, done)


def refuse_unknown(repository: Repository, path: str) -> None:
    """Leave a Dockerfile alone of which no file tells how it is built and that it serves.

    Packages and tests are built by such files, too.

    Raises:
        RefusedError: unless Compose builds it, or it lies at the root and nothing does.
    """
    built = {service.build()[1] for service in repository.services if service.is_built}
    if path not in built and (built or "/" in path):
        raise RefusedError(f"no file tells with which folder {path} is built, and for what")


def parts(one: Instruction) -> list[str]:
    """The commands that a RUN joins by ``&&``.

    Raises:
        RefusedError: when it joins them in another way.
    """
    if one.heredocs or one.words is not None or re.search(r"\|\||;|(?<!&)&(?!&)|\bif\b", one.text):
        raise RefusedError(f"line {one.line} of {one.path} is more than commands joined by &&")
    return [part.strip() for part in one.text.split("&&")]


def folder_at(stage: Stage, one: Instruction, file: Dockerfile) -> str:
    """The working directory in which an instruction runs."""
    folder = "/"
    for other in file.inherited(stage, "WORKDIR"):
        if other.line < one.line:
            folder = posixpath.join(folder, other.text.strip("\"' "))
    return posixpath.normpath(folder)


def user_at(stage: Stage, one: Instruction, file: Dockerfile) -> str:
    """The user that runs an instruction, as far as the file tells."""
    users = [u.text.strip() for u in file.inherited(stage, "USER") if u.line < one.line]
    return users[-1] if users else "root"
