"""DB01: a service of its own migrates, and whoever needs the schema waits for it."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.application import backends, databases
from hitless.documents.paths import joined, within
from hitless.fix.attempt import attempt
from hitless.fix.edit import RefusedError
from hitless.fix.fixes.orchestration.built_image_without_version import image_name
from hitless.fix.registry import fix
from hitless.fix.services import put, top

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.step import Action, Step
    from hitless.fix.yaml_text import Value

NAME = "migrate"
COMMAND = ("alembic", "upgrade", "head")
RUNNERS = (("uv", "run"), ("poetry", "run"))
# What a process needs to find its database; the rest is for those that stay.
SHARED = ("image", "build", "env_file", "environment", "secrets")
PROGRAM, BY_TCP = "pg_isready", "-h 127.0.0.1"
HOST = r"\s(-h|--host)\b"
DONE = {"condition": "service_completed_successfully"}


@fix("DB01")
def migrations_not_deployed(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Add a one-shot service to the Compose file; of Alembic it is known how."""
    for finding in findings:
        yield attempt(finding.place, partial(_migrate, repository))


def _migrate(repository: Repository) -> Iterator[Action]:
    service = _holder(repository)
    there = service.project.services
    if NAME in there:
        raise RefusedError(f"there is a service called {NAME}, which does not")
    data = [one for one in databases(repository) if one.name in there]
    yield top(service, ("services", NAME), _one_shot(repository, service, data))
    for one in data:
        yield from _asked_by_tcp(one)
    for one in backends(repository):
        if one.project is service.project and one.build()[:2] == service.build()[:2]:
            yield _waits(one)


def _holder(repository: Repository) -> Service:
    """The first service whose image can migrate from the folder that it starts in."""
    chains = repository.matching(r"(^|/)alembic\.ini$")
    if len(chains) != 1:
        raise RefusedError(f"{len(chains)} files are called alembic.ini")
    for service in backends(repository):
        if _can_migrate(repository, service, chains[0]):
            return service
    raise RefusedError(f"no image has {chains[0]} in the folder that it starts in")


def _can_migrate(repository: Repository, service: Service, path: str) -> bool:
    image = repository.image_of(service)
    if image is None or not within(path, service.build()[0]):
        return False
    file, stage = image
    homes = [one.text.strip() for one in file.inherited(stage, "WORKDIR")]
    home = posixpath.normpath(homes[-1] if homes else "/")
    for one in file.inherited(stage, "COPY", "ADD"):
        sources = [] if one.flag("from") else one.sources()
        inside = [posixpath.relpath(path, _source(service, name)) for name in sources]
        for name in inside:
            folder = posixpath.normpath(posixpath.join(home, one.destination()))
            if name in (".", posixpath.basename(path)) and folder == home:
                return True
    return False


def _source(service: Service, name: str) -> str:
    return joined(service.build()[0], name) or "."


def _one_shot(repository: Repository, service: Service, data: list[Service]) -> dict[str, Value]:
    runner = next((one for one in RUNNERS if tuple(service.words("command")[:2]) == one), ())
    made: dict[str, Value] = {
        key: _copied(node) for key in SHARED if (node := service.node.get(key)) is not None
    }
    made.setdefault("image", image_name(repository, service))
    made["command"] = (*runner, *COMMAND)
    made["restart"] = "no"
    shared = sorted(service.networks() & {name for one in data for name in one.networks()})
    if shared and shared != ["default"]:
        made["networks"] = shared
    if data:
        made["depends_on"] = {one.name: _healthy(one) for one in data}
    return made


def _healthy(one: Service) -> dict[str, Value]:
    return {"condition": "service_healthy" if one.healthcheck() else "service_started"}


def _asked_by_tcp(service: Service) -> Iterator[Action]:
    """Postgres answers on its socket, and there alone, while it is set up for the first time."""
    test = service.node.get("healthcheck", "test")
    words = test.texts() if test is not None else []
    if PROGRAM not in " ".join(words) or re.search(HOST, " ".join(words)):
        return
    made = [part for one in words for part in _by_tcp(one, alone=words[0] == "CMD")]
    keys = ("healthcheck", "test")
    yield put(service, keys, tuple(made) if test is not None and test.is_list else made[0])


def _by_tcp(word: str, *, alone: bool) -> list[str]:
    """A word of a healthcheck with the address, as words of their own or within a shell's text."""
    if alone and word == PROGRAM:
        return [PROGRAM, *BY_TCP.split()]
    return [re.sub(rf"\b{PROGRAM}\b", f"{PROGRAM} {BY_TCP}", word)]


def _waits(service: Service) -> Action:
    entry = service.node.get("depends_on")
    if entry is not None and not entry.is_map:
        others = {one: {"condition": "service_started"} for one in entry.texts()}
        return put(service, ("depends_on",), {**others, NAME: DONE})
    return put(service, ("depends_on", NAME), DONE)


def _copied(node: Node) -> Value:
    """The same value in the new service; aliases become what they stand for."""
    if node.is_map:
        return {name: _copied(one) for name, one in node.fields.items()}
    if node.is_list:
        return [_copied(one) for one in node.items]
    return None if node.is_null else node.text
