"""What the previous release keeps, and what older ones lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.retention import forget, last_served
from hitless.deploy.slots import drain, stop
from hitless.domain.container import Role

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts


class Retire:
    """Keeps the previous release hot, or stops it once its requests have ended.

    Undo is never asked for: it runs after the commit point.
    """

    name = "retire"

    def do(self, ctx: Context) -> Facts:
        """Stop what shall not stay hot, forget what retention does not keep."""
        stopped = [] if ctx.release.settings.keep_hot else stop_previous(ctx)
        forgotten = _forget_old(ctx)
        return {"stopped": stopped, "forgotten": forgotten}

    def undo(self, ctx: Context) -> None:
        """Nothing can be brought back here."""


def stop_previous(ctx: Context) -> list[str]:
    """Stop the web services of the slot without users, once their requests have ended."""
    other = ctx.slot.other
    containers = [c for c in ctx.containers(other, Role.WEB) if c.running]
    if not containers:
        return []
    # A stopped backup would only cost every request a connection attempt.
    ctx.world.edge.set_fallback(fallback=False)
    drain(ctx, other)
    for container in containers:
        stop(ctx, container)
    return [container.name for container in containers]


def _forget_old(ctx: Context) -> list[str]:
    in_slots = {c.release for c in ctx.world.engine.containers(ctx.layout.service)}
    served = last_served(ctx.world, ctx.release.id, ctx.release.settings.retain)
    kept = {*served, *in_slots, ctx.release.id, ctx.deploy.previous}
    old = [release for release in ctx.world.store.releases() if release.id not in kept]
    for release in old:
        forget(ctx.world, release)
    return [str(release) for release in old]
