"""``hitless status``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.maintenance import told
from hitless.cli.render.access import document as access_document
from hitless.cli.render.access import tell as tell_access
from hitless.cli.terminal import echo, print_json
from hitless.deploy.access import access
from hitless.deploy.standing import observe, recorded_service
from hitless.deploy.wishes import canary
from hitless.domain.codec import decode, encode
from hitless.domain.container import Role
from hitless.domain.errors import ReleaseUnknown
from hitless.domain.maintenance import Maintenance
from hitless.domain.slot import Slot

if TYPE_CHECKING:
    from hitless.deploy.context import World
    from hitless.deploy.standing import Standing
    from hitless.domain.container import Container


@click.command()
@as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Show what serves now: flags first, then containers, then what is recorded."""
    world = quiet_app(ctx).world
    standing = observe(world, recorded_service(world))
    document, who = _document(world, standing), access(world)
    if as_json:
        print_json(document | access_document(who))
    else:
        _tell(document)
        tell_access(who)


def _document(world: World, standing: Standing) -> dict[str, Any]:
    running = world.store.unfinished()
    return {
        "service": standing.service,
        "active": standing.active,
        "fallback": standing.fallback,
        "canary": canary(world),
        "edge": standing.edge and standing.edge.state,
        "maintenance": encode(world.edge.maintenance()),
        "slots": {str(slot): _slot(world, standing, slot) for slot in Slot},
        "accessories": {
            c.service_name: _state(c) for c in standing.containers if c.role == Role.ACCESSORY
        },
        "unfinished": running and {"deploy": running.id, "release": running.release},
    }


def _slot(world: World, standing: Standing, slot: Slot) -> dict[str, Any] | None:
    release = standing.release_in(slot)
    if release is None:
        return None
    found = standing.of(slot, Role.WEB, Role.WORKER)
    return {
        "release": release,
        "version": _version(world, release),
        "containers": {c.name: _state(c) for c in sorted(found, key=lambda c: c.name)},
    }


def _version(world: World, release: str) -> str:
    """By its id: looking through all that are kept would take longer with each of them."""
    try:
        return world.store.release(release).version
    except ReleaseUnknown:
        return "unknown"


def _share(found: dict[str, Any] | None, slot: str) -> str:
    """What a canary has, and what is said of it."""
    if found is None or found["slot"] != slot:
        return ""
    paused = ", paused" if found["paused"] else ""
    return f"  canary with {found['percent']} %{paused}: {found['verdict'] or 'just begun'}"


def _state(container: Container) -> str:
    return f"{container.state} ({container.health})" if container.health else container.state


def _tell(document: dict[str, Any]) -> None:
    active = document["active"]
    echo(
        f"{document['service']}: {f'slot {active} serves' if active else 'nothing serves'}",
        bold=True,
    )
    for name, slot in document["slots"].items():
        mark = "→" if name == active else " "
        text = f"{slot['version']} ({slot['release']})" if slot else "empty"
        backup = "  backup" if slot and name != active and document["fallback"] else ""
        echo(f"{mark} {name:<6} {text}{backup}{_share(document['canary'], name)}")
        for container, state in (slot or {"containers": {}})["containers"].items():
            echo(f"    {container:<36} {state}", dim=True)
    echo(f"  edge   {document['edge'] or 'absent'}")
    for accessory, state in document["accessories"].items():
        echo(f"  {accessory:<14} {state}", dim=True)
    if document["maintenance"]:
        echo(f"  {told(decode(Maintenance, document['maintenance']))}", fg="yellow")
        echo('  users get a page; end it with "hitless maintenance off"', dim=True)
    if document["unfinished"]:
        echo(f"  deploy {document['unfinished']['deploy']} has not ended", fg="yellow")
        echo('  if no process runs it any more: "hitless recover"', dim=True)
