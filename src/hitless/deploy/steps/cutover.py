"""The atomic switch of traffic: one file appears or disappears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.confirm import confirm
from hitless.deploy.readiness import wait_ready
from hitless.domain.container import Role

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts


class Cutover:
    """Moves all new requests to the release and proves it by fresh answers.

    Undo moves them back to the previous release, or closes the edge as before.
    """

    name = "cutover"

    def do(self, ctx: Context) -> Facts:
        """A last look, flag, proof, and then the other slot becomes the backup."""
        self._last_look(ctx)
        edge = ctx.world.edge
        at = ctx.world.clock.now()
        edge.activate(ctx.slot)
        # Only now: whoever served until now may be dead, and live by its backup.
        edge.set_fallback(fallback=False)
        edge.shift(None)  # of no effect since the flag, and it shall have none after a rollback
        edge.set_closed(closed=False)
        seconds = confirm(ctx, ctx.slot, ctx.release)
        edge.set_fallback(fallback=self._other_is_approved(ctx))
        return {"at": at, "confirmed_ms": round(seconds * 1000, 1)}

    def undo(self, ctx: Context) -> None:
        """The release loses its traffic at once; it may be sick, so it is no backup."""
        edge = ctx.world.edge
        if ctx.previous is None:
            edge.set_closed(closed=True)
            edge.set_fallback(fallback=False)
            return
        edge.shift(None)  # else the flag's end would give the release its share again
        back = edge.active() is ctx.slot
        if back:
            edge.activate(ctx.slot.other)
        edge.set_fallback(fallback=False)  # only now: a dead release lives by its backup
        if back:
            confirm(ctx, ctx.slot.other, ctx.previous)

    def _last_look(self, ctx: Context) -> None:
        """It may have crashed since its gates, while the workers changed hands."""
        wait_ready(ctx, ctx.instances(Role.WEB), answers=1)

    def _other_is_approved(self, ctx: Context) -> bool:
        """The release that served until now passed its gates and is still there."""
        return ctx.previous is not None


class CutBack(Cutover):
    """Moves all new requests back to the earlier release and proves it.

    Undo moves them to the release that was to be left, as it served until now.
    """

    def _last_look(self, ctx: Context) -> None:
        """The health gate, which comes right before, has just looked."""

    def _other_is_approved(self, ctx: Context) -> bool:  # noqa: ARG002  # same shape as above
        """The release that is being left is no backup: it is left for a reason."""
        return False
