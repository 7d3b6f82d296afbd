"""Watching the release under users' traffic, while going back is instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.errors import TrafficBad
from hitless.domain.verdict import sick_container, sick_traffic

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts

LOOK_AGAIN = 0.25


class TrafficGate:
    """Lets the release stay when nothing condemns it during the bake.

    Undo has nothing to restore.
    """

    name = "traffic gate"

    def do(self, ctx: Context) -> Facts:
        """Apply the hard rules again and again until the bake is over."""
        ctx.watch.begin()
        clock = ctx.world.clock
        began = clock.now()
        end = clock.monotonic() + ctx.release.settings.timing.bake
        while True:
            evidence = ctx.watch.since(began, clock.now())
            sick = self._sick_containers(ctx) or sick_traffic(evidence)
            if sick:
                raise TrafficBad(
                    f"{ctx.release} is bad under traffic: {sick}",
                    f'see what it logged with "hitless show {ctx.deploy.id}"',
                )
            if clock.monotonic() >= end:
                return {"sent": evidence.sent, "failed": evidence.failed}
            clock.sleep(LOOK_AGAIN)

    def undo(self, ctx: Context) -> None:
        """Nothing was changed."""

    def _sick_containers(self, ctx: Context) -> str:
        inspect = ctx.world.engine.inspect
        found = ctx.containers(ctx.slot, Role.WEB, Role.WORKER)
        return sick_container(inspect(container.id) for container in found)
