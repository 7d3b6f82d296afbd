"""The release starts in the slot that has no users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.slots import occupy, vacate

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts


class Start:
    """Empties the slot without users and starts the release's web services there.

    Undo empties the slot again, after the requests that still run in it.
    """

    name = "start"

    def do(self, ctx: Context) -> Facts:
        """What was there has no users, or only the last of their requests."""
        return {"slot": str(ctx.slot), "services": list(occupy(ctx))}

    def undo(self, ctx: Context) -> None:
        """Nothing stays in the slot, so it is no backup any more."""
        ctx.world.edge.set_fallback(fallback=False)
        vacate(ctx, ctx.slot)
