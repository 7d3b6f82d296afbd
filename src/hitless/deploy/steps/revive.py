"""The earlier release gets ready to serve again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.slots import occupy
from hitless.domain.container import Role

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.container import Container


class Revive:
    """Makes sure that the earlier release runs: it is hot, stopped, or made anew.

    Undo leaves it running: it has no users and is where a rollback may go later.
    """

    name = "revive"

    def do(self, ctx: Context) -> Facts:
        """Do as little as the state of its containers allows."""
        kept = self._kept(ctx)
        if len(kept) < len(ctx.instances(Role.WEB)):
            self._make(ctx)
            return {"tier": "cold"}
        stopped = [container for container in kept if not container.running]
        for container in stopped:
            ctx.world.engine.start(container.id)
        return {"tier": "warm" if stopped else "hot"}

    def undo(self, ctx: Context) -> None:
        """It may stay."""

    def _kept(self, ctx: Context) -> tuple[Container, ...]:
        found = ctx.containers(ctx.slot, Role.WEB)
        return tuple(c for c in found if c.release == ctx.release.id)

    def _make(self, ctx: Context) -> None:
        """Its addresses may be others than those of what the slot held lately."""
        from hitless.deploy.steps.edge import Edge  # noqa: PLC0415  # not for a hot rollback

        Edge().do(ctx)
        occupy(ctx)
