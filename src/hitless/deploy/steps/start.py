"""The release starts in the slot that has no users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.slots import vacate
from hitless.domain.container import Role

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts


class Start:
    """Empties the slot without users and starts the release's web services there.

    Undo empties the slot again, after the requests that still run in it.
    """

    name = "start"

    def do(self, ctx: Context) -> Facts:
        """Withdraw the slot's approval as a backup first: the new one has none yet."""
        ctx.world.edge.set_fallback(fallback=False)
        vacate(ctx, ctx.slot)
        services = tuple(f"{ctx.slot}-{one.name}" for one in ctx.instances(Role.WEB))
        ctx.world.compose.up(ctx.layout.project(ctx.slot), ctx.slot_model(), services)
        return {"slot": str(ctx.slot), "services": list(services)}

    def undo(self, ctx: Context) -> None:
        """Nothing stays in the slot, so it is no backup any more."""
        ctx.world.edge.set_fallback(fallback=False)
        vacate(ctx, ctx.slot)
