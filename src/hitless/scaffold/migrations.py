"""How a project brings its schema forward, when no service of its own does."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.paths import within
from hitless.scaffold.http import words
from hitless.scaffold.parts import MIGRATES
from hitless.scaffold.proposal import Migration

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service


class Tool(NamedTuple):
    """A tool and the file by which it is known.

    Attributes:
        package: What a manifest names; empty when the file says enough.
    """

    file: str
    package: str
    command: tuple[str, ...]


TOOLS = (
    Tool(r"(^|/)migrations/alembic\.ini$", "flask-migrate", ("flask", "db", "upgrade")),
    Tool(r"(^|/)alembic\.ini$", "alembic", ("alembic", "upgrade", "head")),
    Tool(r"(^|/)manage\.py$", "django", ("python", "manage.py", "migrate", "--noinput")),
    Tool(r"(^|/)prisma/schema\.prisma$", "", ("npx", "prisma", "migrate", "deploy")),
    Tool(r"(^|/)db/migrate/.+\.rb$", "", ("bundle", "exec", "rails", "db:migrate")),
    Tool(r"(^|/)knexfile\.[jt]s$", "knex", ("npx", "knex", "migrate:latest")),
)


def migration(repository: Repository, services: list[Service]) -> Migration | None:
    """The command of a known tool, run in the first service that contains it."""
    for service in services:
        context = service.build()[0]
        for tool in TOOLS if service.is_built else ():
            if _has(repository, context, tool):
                command = _after_entrypoint(repository, service, tool.command)
                return Migration(service.name, command, _why(repository, service), sure=False)
    return None


def begins_with_migrating(repository: Repository, service: Service) -> bool:
    """Each of its containers migrates before it serves."""
    image = repository.image_of(service)
    folder = service.build()[0]
    text = " ".join(words(repository, service))
    if image is not None:
        scripts = [p for p in repository.below(folder) if p.endswith(".sh")]
        named = [p for p in scripts if posixpath.basename(p) in text]
        text += " ".join(repository.text(p) for p in named)
    return bool(re.search(MIGRATES, text))


def _has(repository: Repository, context: str, tool: Tool) -> bool:
    files = [path for path in repository.main if within(path, context)]
    if not any(re.search(tool.file, path) for path in files):
        return False
    declared = [one for one in repository.manifests if within(one.path, context)]
    return not tool.package or any(tool.package in one.dependencies for one in declared)


def _after_entrypoint(
    repository: Repository, service: Service, command: tuple[str, ...]
) -> tuple[str, ...]:
    """Without the interpreter when the image's entrypoint is the interpreter."""
    image = repository.image_of(service)
    own = service.words("entrypoint")
    below = image[0].inherited(image[1], "ENTRYPOINT") if image is not None else []
    entry = own or (below[-1].words or [] if below else [])
    alone = len(entry) == 1 and posixpath.basename(entry[0]).startswith("python")
    return command[1:] if alone and command[0] == "python" else command


def _why(repository: Repository, service: Service) -> str:
    if begins_with_migrating(repository, service):
        return "its containers do the same when they start: take it out there"
    return "its tool is part of the image"
