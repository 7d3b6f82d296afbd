"""How many connections a database allows, and who holds those that are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.domain.settings import Settings
    from hitless.domain.slot import Addresses, Slot

LIMIT, RESERVE = "limit", "reserve"
# Of Postgres 9.5 and later. The connection that asks is not counted.
QUERY = (
    "select 'limit', setting::int from pg_settings where name = 'max_connections' "
    "union all select 'reserve', setting::int from pg_settings "
    "where name in ('superuser_reserved_connections', 'reserved_connections') "
    "union all select coalesce(host(client_addr), 'local'), count(*)::int "
    "from pg_stat_activity where datname is not null and pid <> pg_backend_pid() group by 1"
)


@dataclass(frozen=True, slots=True)
class Seats:
    """The connections of one Postgres server.

    Attributes:
        limit: ``max_connections``.
        reserve: What of it only administrators get.
        taken: Client's address → its open connections.
    """

    limit: int
    reserve: int
    taken: Mapping[str, int]

    def of(self, slot: Slot, addresses: Addresses) -> int:
        """What the containers of a slot hold open."""
        return sum(n for where, n in self.taken.items() if addresses.slot_of(where) is slot)


def seats(printed: str) -> Seats | None:
    """What :data:`QUERY` printed, as ``psql -At`` does; None when it is something else."""
    rows = [line.split("|") for line in printed.split() if "|" in line]
    if not all(len(row) == 2 and row[1].isdecimal() for row in rows):  # noqa: PLR2004  # name|number
        return None
    numbers = [(name, int(number)) for name, number in rows]
    limit = dict(numbers).get(LIMIT)
    if limit is None:
        return None
    reserve = sum(number for name, number in numbers if name == RESERVE)
    taken = {name: number for name, number in numbers if name not in (LIMIT, RESERVE)}
    return Seats(limit, reserve, taken)


def declared(settings: Settings) -> int:
    """The most connections that one slot of a release opens, as hitless.yaml tells."""
    web = sum(one.connections * one.replicas for one in settings.web.values())
    return web + sum(one.connections * one.replicas for one in settings.workers.values())
