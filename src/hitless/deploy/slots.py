"""What can be done with all containers of a slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.connections import InFlight, in_flight
from hitless.domain.container import Role
from hitless.domain.errors import HumanNeeded

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.domain.container import Container
    from hitless.domain.slot import Slot

LOOK_AGAIN = 0.2
KILLED = 137
UNDER_WAY = ("running", "paused", "restarting")


def open_requests(ctx: Context, slot: Slot) -> InFlight:
    """What the edge has under way with a slot now."""
    edge = ctx.edge_container()
    if edge is None or not edge.running:
        return InFlight(0, 0)
    table = ctx.world.engine.run_in(edge.id, ("cat", "/proc/net/tcp"))
    return in_flight(table.text, slot, ctx.layout.addresses)


def drain(ctx: Context, slot: Slot) -> InFlight:
    """Wait until a slot has no request in flight, at most for the drain time."""
    clock = ctx.world.clock
    deadline = clock.monotonic() + ctx.release.settings.timing.drain
    while True:
        left = open_requests(ctx, slot)
        if not left.requests or clock.monotonic() >= deadline:
            return left
        clock.sleep(LOOK_AGAIN)


def occupy(ctx: Context) -> tuple[str, ...]:
    """Empty the slot without users and start the release's web services there.

    Returns their names in the slot's Compose project.

    Raises:
        HumanNeeded: when the slot has users' traffic; nothing is touched then.
    """
    # What comes into the slot has not passed its gates: it is no backup yet.
    ctx.world.edge.set_fallback(fallback=False)
    ctx.world.edge.shift(None)
    vacate(ctx, ctx.slot)
    services = tuple(f"{ctx.slot}-{one.name}" for one in ctx.instances(Role.WEB))
    ctx.world.compose.up(ctx.layout.project(ctx.slot), ctx.slot_model(), services)
    return services


def vacate(ctx: Context, slot: Slot) -> None:
    """Empty a slot that has no users' traffic: drain, stop, remove.

    Raises:
        HumanNeeded: when the slot has users' traffic; nothing is touched then.
    """
    _refuse_active(ctx, slot)
    if ctx.containers(slot, Role.WEB):
        left = drain(ctx, slot)
        if left.requests:
            ctx.world.reporter.say(f"{slot}: {left.requests} requests still open, stopping anyway")
    for container in ctx.containers(slot, Role.WEB, Role.WORKER, Role.MIGRATION):
        stop(ctx, container)
        ctx.world.engine.remove(container.id)
    forget_network(ctx, slot)


def forget_network(ctx: Context, slot: Slot) -> None:
    """Remove a slot's own network, unless containers are still in the slot."""
    if not ctx.containers(slot, Role.WEB, Role.WORKER, Role.MIGRATION):
        ctx.world.engine.remove_network(ctx.layout.project(slot))


def stop(ctx: Context, container: Container) -> int | None:
    """Let a container finish what it does; returns its exit code, None when it is gone."""
    if container.state not in UNDER_WAY:
        return container.exit_code
    worker = ctx.release.settings.workers.get(container.service_name)
    code = ctx.world.engine.stop(container.id, worker.stop_timeout if worker else None)
    if code == KILLED:
        ctx.world.reporter.say(f"{container.name} did not end in time and was killed")
    return code


def _refuse_active(ctx: Context, slot: Slot) -> None:
    edge = ctx.world.edge
    if edge.active() is slot and not edge.closed():
        raise HumanNeeded(
            f"slot {slot} has users' traffic and must not be emptied",
            'see what serves with "hitless status"',
        )
