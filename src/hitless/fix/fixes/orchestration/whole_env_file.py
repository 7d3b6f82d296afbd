"""CP28: a database gets its own settings, and not everybody's secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.images import short
from hitless.documents.paths import joined
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix
from hitless.fix.services import add, drop, found, item, put
from hitless.fix.step import refusal, together
from hitless.fix.yaml_edit import Remove

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.step import Action, Step

POSTGRES = ("POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS", "PGDATA")
MYSQL = ("MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD", "MYSQL_USER", "MYSQL_DATABASE")
# What each image is documented to read.
READS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("postgres", "pgvector", "postgis", "timescaledb"), POSTGRES),
    **dict.fromkeys(("mysql", "percona"), MYSQL),
    "mariadb": (*(one.replace("MYSQL", "MARIADB") for one in MYSQL), *MYSQL),
    "mongo": (
        "MONGO_INITDB_ROOT_PASSWORD",
        "MONGO_INITDB_ROOT_USERNAME",
        "MONGO_INITDB_DATABASE",
    ),
    "rabbitmq": ("RABBITMQ_DEFAULT_PASS", "RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_VHOST"),
    "minio": ("MINIO_ROOT_PASSWORD", "MINIO_ROOT_USER"),
    "redis": (),
    "valkey": (),
    "memcached": (),
    "nats": (),
    "nginx": (),
}


@fix("CP28")
def whole_env_file(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Give the service by name what its image reads of the file."""
    for service, mine in found(repository, findings):
        for finding in mine:
            name = finding.subject.partition(" ")[2]
            node = next(one for one in service.env_files() if one.text == name)
            try:
                yield together(node, *_actions(repository, service, node))
            except RefusedError as error:
                yield refusal(node, str(error))


def _actions(repository: Repository, service: Service, node: Node) -> Iterator[Action]:
    if node.text.removeprefix("./") != ".env":
        raise RefusedError(f"Compose fills in values of .env only, and not those of {node.text}")
    if short(service.image) not in READS:
        raise RefusedError(f"what {service.image} reads of {node.text} is not known")
    for name in _wanted(repository, service):
        yield _given(service, name)
    written = service.node.get("env_file")
    if written is None or not written.is_list:
        yield drop(service, ("env_file",))
    else:
        entry = next(one for one in written.items if one is node or one.get("path") is node)
        yield Remove(*item(repository, service, "env_file", entry))


def _wanted(repository: Repository, service: Service) -> list[str]:
    """Values that the image reads, that the file has, and that the service does not set itself."""
    reads = READS[short(service.image)]
    beside = [joined(service.project.directory, ".env"), *repository.env_examples]
    there = {one.name for path in beside for one in repository.env(path)}
    if reads and not there:
        raise RefusedError("nothing in the repository tells what .env contains")
    own = service.environment()
    return [name for name in reads if name in there and name not in own]


def _given(service: Service, name: str) -> Action:
    """A value that has to be there, from the same file as before; it may be empty, as before."""
    value = f"${{{name}?}}"
    environment = service.node.get("environment")
    if environment is not None and environment.is_list:
        return add(service, ("environment",), f"{name}={value}")
    return put(service, ("environment", name), value)
