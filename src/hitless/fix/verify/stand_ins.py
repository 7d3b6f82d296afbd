"""Env files that the repository does not have, since each machine has its own."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.documents import env_file
from hitless.documents.interpolation import interpolate
from hitless.documents.paths import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project
    from hitless.domain.ports import Files

ENDINGS = (".example", ".sample", ".template", ".dist", "-example")
REQUIRED = re.compile(r"(?<!\$)\$\{(\w+):?\?")
LARGEST = 1_000_000


def stand_ins(repository: Repository, files: Files) -> dict[str, str]:
    """Path to text of the env files that projects need: this machine's own, or an example's.

    An example leaves out what each machine has to choose: a value that Compose insists on gets
    one of no meaning there.
    """
    found = {}
    for project in repository.projects:
        main, *others = dict.fromkeys(_wanted(project))
        for path in (main, *others):
            own = files.read(path, LARGEST).decode("utf-8", "replace")
            text = own or _example(repository, path)
            if path == main and not own:
                text += _insisted(repository, project, text)
            if path not in repository.known and text and not path.startswith(("..", "/")):
                found[path] = text
    return found


def _insisted(repository: Repository, project: Project, text: str) -> str:
    """Lines for variables that Compose refuses to do without."""
    told = env_file.values(env_file.parse(text, ""))
    names = {name for path in project.files for name in REQUIRED.findall(repository.text(path))}
    return "".join(f"\n{name}=stand-in" for name in sorted(names) if not told.get(name))


def _wanted(project: Project) -> Iterator[str]:
    yield joined(project.directory, ".env")
    for service in project.services.values():
        for node in service.env_files():
            yield joined(project.directory, interpolate(node.text, project.values))


def _example(repository: Repository, path: str) -> str:
    """The example of this very file, or the only one that lies beside it."""
    for ending in ENDINGS:
        if f"{path}{ending}" in repository.known:
            return repository.text(f"{path}{ending}")
    folder = posixpath.dirname(path)
    beside = [one for one in repository.env_examples if posixpath.dirname(one) == folder]
    return repository.text(beside[0]) if len(beside) == 1 else ""
