"""Databases and caches for a job, with the variables by which the code finds them there."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.audit.application import backends
from hitless.audit.images import known, short
from hitless.audit.run_lines import is_mutable
from hitless.documents.interpolation import interpolate, variables
from hitless.documents.paths import within
from hitless.fix.project.plain import is_plain, is_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project
    from hitless.documents.service import Service

ANY_VALUE = "ci-only"
HERE = "127.0.0.1"
POSTGRES = frozenset(("postgres", "pgvector", "postgis", "timescaledb"))
MYSQL = frozenset(("mysql", "mariadb"))
REDIS = frozenset(("redis", "valkey", "keydb"))
HEALTH = {
    "5432": "pg_isready --host 127.0.0.1",
    "3306": "mysqladmin ping --host 127.0.0.1 --silent || mariadb-admin ping --silent",
    "6379": "redis-cli ping || valkey-cli ping",
}
# For an image without a version: the job must not be another one tomorrow.
CURRENT = {"5432": "postgres:17", "3306": "mysql:8.4", "6379": "redis:8"}
ITS_OWN = ("POSTGRES_", "MYSQL_", "MARIADB_")


class Backing(NamedTuple):
    """A service container of a job.

    Attributes:
        health: The command by which the job waits for it.
    """

    name: str
    image: str
    port: str
    health: str
    env: dict[str, str]


class Needs(NamedTuple):
    """What a package's tests and migrations find around them."""

    backing: tuple[Backing, ...]
    env: dict[str, str]


def needs(repository: Repository, folder: str) -> Needs:
    """The data services of the Compose project that runs this folder, and its variables.

    GitHub can start images, and give them no command: a cache with a password on its command
    line runs without one here, and a broker that needs flags is left out.
    """
    services = [one for one in backends(repository) if _runs(repository, one, folder)]
    if not services:
        return Needs((), {})
    project, values = services[0].project, _values(repository, services[0].project)
    backing = tuple(
        made
        for one in project.services.values()
        if not one.is_for_development and (made := _backing(one, values)) is not None
    )
    env: dict[str, str] = {}
    for service in reversed(services):
        env |= _env(repository, service, values)
    return Needs(backing, {key: _here(text, project) for key, text in sorted(env.items())})


def required(project: Project) -> dict[str, str]:
    """A value for every variable without which Compose says nothing."""
    found = {}
    for node in project.root.walk():
        for one in variables(node.text):
            if one.default is None and one.name not in project.values:
                found[one.name] = ANY_VALUE
    return dict(sorted(found.items()))


def _runs(repository: Repository, service: Service, folder: str) -> bool:
    """The service runs what is in this folder: its Dockerfile's, or its whole context."""
    context, file, _ = service.build()
    own = posixpath.dirname(file)
    named = any(posixpath.dirname(one.path) == own for one in repository.manifests)
    home = own if named and within(own, context) else context
    return within(home, folder) if folder else not home


def _values(repository: Repository, project: Project) -> Mapping[str, str]:
    return {**required(project), **_example(repository, project), **project.values}


def _example(repository: Repository, project: Project) -> dict[str, str]:
    """What the example env file shows, empty values left out: the code has a default for them."""
    folder = f"{project.directory}/" if project.directory else ""
    near = [path for path in repository.env_examples if path.startswith(f"{folder}.env")]
    return {one.name: one.value for path in near for one in repository.env(path) if one.value}


def _env(repository: Repository, service: Service, values: Mapping[str, str]) -> dict[str, str]:
    found = dict(_example(repository, service.project)) if service.env_files() else {}
    found |= {name: node.text for name, node in service.environment().items()}
    return {
        name: text
        for name, text in ((name, interpolate(text, values)) for name, text in found.items())
        if text and "HITLESS" not in name and is_plain(name) and is_value(text)
    }


def _backing(service: Service, values: Mapping[str, str]) -> Backing | None:
    image = interpolate(service.node.say("image"), values)
    name = short(image)
    what = known(service)
    known_here = name in POSTGRES | MYSQL | REDIS and is_plain(service.name, image)
    if service.is_built or what is None or not known_here:
        return None
    own = {
        key: interpolate(node.text, values)
        for key, node in service.environment().items()
        if key.startswith(ITS_OWN) and is_plain(key) and is_value(node.text)
    }
    if name in POSTGRES:
        own.setdefault("POSTGRES_PASSWORD", ANY_VALUE)
    port = what.ports[0]
    return Backing(
        service.name, CURRENT[port] if is_mutable(image) else image, port, HEALTH[port], own
    )


def _here(text: str, project: Project) -> str:
    """The same address on the runner, where the services' ports are published."""
    for name, service in project.services.items():
        text, changed = re.subn(rf"(?<=[@/]){re.escape(name)}(?=[:/,]|$)", HERE, text)
        if changed and short(service.image) in REDIS:
            text = re.sub(rf"//[^/@]*@{HERE}", f"//{HERE}", text)
        if text == name:
            text = HERE
    return text
