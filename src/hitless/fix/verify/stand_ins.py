"""Env files that the repository does not have, since each machine has its own."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from hitless.documents.interpolation import interpolate
from hitless.documents.paths import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project
    from hitless.domain.ports import Files

ENDINGS = (".example", ".sample", ".template", ".dist", "-example")
LARGEST = 1_000_000


def stand_ins(repository: Repository, files: Files) -> dict[str, str]:
    """Path to text of the env files that projects need: this machine's own, or an example's."""
    found = {}
    for project in repository.projects:
        for path in _wanted(project):
            own = files.read(path, LARGEST).decode("utf-8", "replace")
            text = own or _example(repository, path)
            if path not in repository.known and text and not path.startswith(("..", "/")):
                found[path] = text
    return found


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
