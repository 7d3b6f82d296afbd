"""Which images the pipeline builds, and from what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.documents.paths import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile
    from hitless.documents.workflow import Step

ACTIONS = r"build-push|docker-build|/docker[\w-]*$"
COMMAND = r"\bdocker\s+(?:image\s+|buildx\s+)?build\b((?:\\\n|[^\n;|&])*)"
FILE = r"(?:^|\s)(?:-f|--file)[ =]\s*(\S+)"
SCRIPTS = r"(^|/)(Makefile|justfile)$|\.sh$"


def published(repository: Repository) -> set[str]:
    """The Dockerfiles of images that leave this repository.

    Where the workflows name those that they build, the others are for packages, for tests,
    or left over: nobody runs what they make.
    """
    every = set(repository.dockerfiles)
    named = {path for path, _ in _of_workflows(repository)}
    return every & named or every


def context(repository: Repository, file: Dockerfile) -> str:
    """From which folder a Dockerfile is built that no Compose file names."""
    for path, folder in (*_of_workflows(repository), *_of_scripts(repository)):
        if path == file.path:
            return folder
    folder = file.path.rpartition("/")[0]
    taken = [
        s
        for i in file.instructions
        if i.keyword in ("COPY", "ADD") and not i.flag("from")
        for s in i.sources()
    ]
    plain = [one for one in taken if not re.search(r"[*$?]|://", one) and joined("", one)]
    elsewhere = [
        s
        for s in plain
        if not repository.has(joined(folder, s)) and repository.has(joined("", s.lstrip("/")))
    ]
    return "" if elsewhere else folder


def _of_workflows(repository: Repository) -> Iterator[tuple[str, str]]:
    for file in repository.pipelines:
        for step in file.steps():
            if step.uses and re.search(ACTIONS, step.uses.partition("@")[0]):
                yield from _of_action(step)
            elif step.run:
                yield from _of_script(step.run, step.directory)


def _of_action(step: Step) -> Iterator[tuple[str, str]]:
    folder, file = step.given("context"), step.given("file") or step.given("dockerfile")
    if "$" not in folder + file and "://" not in folder:
        yield joined("", file) if file else joined(folder, "Dockerfile"), joined("", folder)


def _of_scripts(repository: Repository) -> Iterator[tuple[str, str]]:
    for path in repository.matching(SCRIPTS):
        yield from _of_script(repository.text(path), path.rpartition("/")[0])


def _of_script(text: str, directory: str) -> Iterator[tuple[str, str]]:
    for found in re.findall(COMMAND, text):
        file, words = re.search(FILE, found), found.replace("\\\n", " ").split()
        folder = words[-1].strip("\"'") if words else ""
        if folder and "$" not in folder + (file[1] if file else ""):
            name = (
                joined(directory, file[1].strip("\"'"))
                if file
                else joined(joined(directory, folder), "Dockerfile")
            )
            yield name, joined(directory, folder)
