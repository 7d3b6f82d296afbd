"""SE04: a server asks for a password, and every client that can be found has it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.images import short
from hitless.audit.rules.security.no_authentication import TRUSTING
from hitless.fix.attempt import attempt
from hitless.fix.commands import extended
from hitless.fix.edit import RefusedError
from hitless.fix.passwords import NATS, POSTGRES, REDIS, clients
from hitless.fix.project import backing
from hitless.fix.registry import fix
from hitless.fix.services import drop, found, put

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.passwords import Kind
    from hitless.fix.step import Action, Step

SERVERS = {"redis": "redis-server", "valkey": "valkey-server", "keydb": "keydb-server"}
CLIENTS = ("redis-cli", "valkey-cli", "keydb-cli")


@fix("SE04")
def no_authentication(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Server and clients together, or nothing: half of it would keep them apart."""
    for service, mine in found(repository, findings):
        yield attempt(mine[0].place, partial(_closed, repository, service))


def _closed(repository: Repository, service: Service) -> list[Action]:
    image = short(service.image)
    own: Iterable[Action]
    if image in backing.POSTGRES:
        own, kind = _postgres(repository, service), POSTGRES
    elif image in SERVERS:
        own, kind = _redis(service, SERVERS[image]), REDIS
    elif image == "nats":
        own, kind = extended(service, "--user", NATS.user, "--pass", _secret(NATS)), NATS
    else:
        why = f"an existing {image} keeps the accounts that it has"
        raise RefusedError(f"{why}: set the password there first, then in the files")
    return [*own, *clients(repository, service, kind, _secret(kind))]


def _secret(kind: Kind) -> str:
    return f"${{{kind.variable}:?}}"


def _postgres(repository: Repository, service: Service) -> Iterator[Action]:
    given = service.environment()
    node = service.node.get("environment")
    if node is not None and node.is_list:
        raise RefusedError(f"the environment of {service} is a list")
    if {"POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"} & set(given):
        raise RefusedError(f"{service} has a password, and clients may use another one")
    _sure_of_roles(repository, service)
    yield put(service, ("environment", "POSTGRES_PASSWORD"), _secret(POSTGRES))
    for name, one in given.items():
        if name in TRUSTING or one.text == "trust":
            yield drop(service, ("environment", name))


def _sure_of_roles(repository: Repository, service: Service) -> None:
    """The password is that of one role; others would be shut out.

    Raises:
        RefusedError: when a client is another one.
    """
    node = service.environment().get("POSTGRES_USER")
    role = node.text if node is not None else "postgres"
    texts = [n.text for one in service.project.services.values() for n in one.node.walk()]
    texts += [repository.text(path) for path in repository.env_examples]
    for one in (match for text in texts for match in POSTGRES.found(text, service.name)):
        other = one[1].partition("://")[2]
        if other != role:
            raise RefusedError(f"a client is {other}, and the password would be that of {role}")


def _redis(service: Service, program: str) -> Iterator[Action]:
    words = ("--requirepass", _secret(REDIS))
    command = service.words("command")
    if not command:
        yield put(service, ("command",), (program, *words))
    elif command[0] == program:
        yield from extended(service, *words)
    else:
        raise RefusedError(f"{service} is not started by {program} itself")
    if any(one in " ".join(service.healthcheck()) for one in CLIENTS):
        yield put(service, ("environment", "REDISCLI_AUTH"), _secret(REDIS))
