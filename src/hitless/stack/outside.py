"""Databases and brokers that a service reaches outside its own stack.

A copy of the stack has accessories of its own, but an address in its environment may still
lead to the real ones. Names and hosts are told, values never: they hold passwords.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hitless.stack.classify import roles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from hitless.domain.settings import Settings

# What holds data or passes jobs on; others, such as http, are only asked.
SCHEMES = frozenset(
    (
        *("postgres", "postgresql", "pgsql", "mysql", "mariadb", "mssql", "sqlserver", "oracle"),
        *("mongodb", "redis", "rediss", "valkey", "memcached", "cassandra", "couchdb"),
        *("clickhouse", "amqp", "amqps", "nats", "kafka", "mqtt", "mqtts", "smtp", "smtps"),
    )
)
STORES = "DB|DATABASE|PG|POSTGRES|MYSQL|MARIADB|MONGO|REDIS|VALKEY|AMQP|RABBIT|NATS|KAFKA|BROKER"
NAMED = re.compile(rf"(?:^|_)(?:{STORES})\w*?(?:HOST|HOSTS|HOSTNAME|SERVER|SERVERS|ADDR|ADDRESS)$")
HERE = frozenset(("", "localhost", "127.0.0.1", "::1"))


def outside(
    model: dict[str, Any], settings: Settings, allowed: Collection[str] = ()
) -> Iterator[tuple[str, str, str]]:
    """Service, variable and host of everything that leads out of the stack.

    Args:
        model: The resolved Compose model.
        settings: From hitless.yaml.
        allowed: Hosts that may be used all the same.
    """
    known = {name.lower() for name in (*roles(settings), *HERE, *allowed)}
    for name in sorted(roles(settings)):
        variables = model["services"][name].get("environment") or {}
        for variable, value in sorted(variables.items()):
            for host in hosts(variable, str(value or "")):
                if host not in known:
                    yield name, variable, host


def hosts(variable: str, value: str) -> tuple[str, ...]:
    """The hosts of stores in a variable of a service's environment."""
    scheme, found, rest = value.strip().partition("://")
    if found:
        # postgresql+asyncpg, jdbc:mysql
        kinds = re.split(r"[+:]", scheme.lower())
        return _hosts(rest.rpartition("@")[2]) if SCHEMES & set(kinds) else ()
    if NAMED.search(variable.upper()) and not value.startswith("/"):
        return _hosts(value.strip())
    return ()


def _hosts(authority: str) -> tuple[str, ...]:
    several = re.split(r"[/?#]", authority, maxsplit=1)[0].split(",")
    return tuple(dict.fromkeys(_host(one) for one in several))


def _host(address: str) -> str:
    """Without the port; IPv6 stands in brackets, or alone."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address if address.count(":") > 1 else address.partition(":")[0].lower()
