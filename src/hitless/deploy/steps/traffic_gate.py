"""Watching the release under users' traffic, while going back is instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.errors import RequestFailed, TrafficBad
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
            _refuse_failed(ctx)
            if clock.monotonic() >= end:
                return {"sent": evidence.sent, "failed": evidence.failed}
            clock.sleep(LOOK_AGAIN)

    def undo(self, ctx: Context) -> None:
        """Nothing was changed."""

    def _sick_containers(self, ctx: Context) -> str:
        inspect = ctx.world.engine.inspect
        found = ctx.containers(ctx.slot, Role.WEB, Role.WORKER)
        return sick_container(inspect(container.id) for container in found)


def _refuse_failed(ctx: Context) -> None:
    """Where none may fail, each counts: also those from before the cutover."""
    seen = ctx.watch.all() if ctx.zero_failed else None
    if seen and seen.failed:
        last = seen.failures[-1]
        raise RequestFailed(
            f"{seen.failed} of {seen.sent} requests failed and none may, the last with: "
            f"{last.reason} for {last.path}",
            f'see all with "hitless show {ctx.deploy.id}", or deploy without --require-zero-failed',
        )
