"""Are there database connections for a second slot?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.database import QUERY, declared, seats
from hitless.domain.errors import ConnectionsShort

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.container import Container
    from hitless.domain.database import Seats

NOT_FOUND = 127
# Inside its container the server trusts its own socket, and the variables are the image's.
COUNT = 'exec psql -XAtq -U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-postgres}" -c "$0"'


def check_connections(ctx: Context) -> tuple[Facts, tuple[str, ...]]:
    """What is open and allowed on each Postgres; and what could not be counted.

    The release that comes is taken to need what the one that serves holds open now, or
    what hitless.yaml declares if that is more.

    Raises:
        ConnectionsShort: when both slots together would get more than the server allows.
    """
    facts: Facts = {}
    uncounted = []
    for name, container in _servers(ctx):
        output = ctx.world.engine.run_in(container.id, ("sh", "-c", COUNT, QUERY))
        if output.code == NOT_FOUND:
            continue  # its variables lead to a Postgres elsewhere; it is none itself
        found = seats(output.text) if output.code == 0 else None
        if found is None:
            said = " ".join(output.text.split())[:100]
            uncounted.append(f"connections of {name!r} were not counted: {said or output.code}")
        else:
            facts[f"connections {name}"] = _fit(ctx, name, found)
    return facts, tuple(uncounted)


def _servers(ctx: Context) -> list[tuple[str, Container]]:
    """Accessories that are set up as the official image of Postgres wants it, and run."""
    services, found = ctx.release.compose["services"], []
    for container in ctx.world.engine.containers(ctx.layout.service):
        environment = services.get(container.service_name, {}).get("environment") or {}
        postgres = any(key.startswith("POSTGRES_") for key in environment)
        if container.role == Role.ACCESSORY and container.running and postgres:
            found.append((container.service_name, container))
    return found


def _fit(ctx: Context, name: str, found: Seats) -> str:
    addresses = ctx.layout.addresses
    serving = found.of(ctx.slot.other, addresses)
    # What is still in the slot goes before the release comes.
    others = sum(found.taken.values()) - serving - found.of(ctx.slot, addresses)
    stays = max(serving, declared(ctx.previous.settings)) if ctx.previous else 0
    comes = max(serving, declared(ctx.release.settings))
    allowed = found.limit - found.reserve
    if others + stays + comes > allowed:
        raise ConnectionsShort(
            f"{name!r} allows {allowed} connections; the release that serves takes {stays}, "
            f"the next one {comes}, and others {others}",
            f"make the pools of the application smaller, or raise max_connections of {name!r}",
        )
    return f"{others + stays + comes} of {allowed}"
