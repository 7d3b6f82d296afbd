"""Databases and brokers, which no release ever touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.errors import NotHealthy

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.container import Container

LOOK_AGAIN = 0.1
LOG_LINES = 20


class Accessories:
    """Starts databases and brokers that do not run yet; leaves the others alone.

    Undo removes the containers, never the volumes, that a first deploy made.
    """

    name = "accessories"

    def do(self, ctx: Context) -> Facts:
        """Create what is missing, start what is stopped, wait until all can serve."""
        present = {c.service_name: c for c in _accessories(ctx)}
        missing = tuple(n for n in ctx.release.settings.accessories if n not in present)
        for container in present.values():
            if not container.running:
                ctx.world.engine.start(container.id)
        if missing:
            # Naming none keeps the order that their own depends_on demands.
            chosen = missing if present else ()
            ctx.world.compose.up(ctx.layout.shared, ctx.shared_model(), chosen)
        for container in _accessories(ctx):
            _wait_healthy(ctx, container)
        return {"started": list(missing)}

    def undo(self, ctx: Context) -> None:
        """Remove the containers of a first deploy."""
        if ctx.deploy.first:
            for container in _accessories(ctx):
                ctx.world.engine.stop(container.id, ctx.release.settings.timing.drain)
                ctx.world.engine.remove(container.id)


def _accessories(ctx: Context) -> tuple[Container, ...]:
    found = ctx.world.engine.containers(ctx.layout.service)
    return tuple(c for c in found if c.role == Role.ACCESSORY)


def _wait_healthy(ctx: Context, container: Container) -> None:
    clock = ctx.world.clock
    deadline = clock.monotonic() + ctx.release.settings.timing.ready
    while (now := ctx.world.engine.inspect(container.id)).health not in ("", "healthy"):
        if not now.running or clock.monotonic() >= deadline:
            raise NotHealthy(
                f"accessory {container.service_name!r} is {now.health}, its container {now.state}",
                f'see why with "docker logs {container.name}"',
                tuple(ctx.world.engine.logs(container.id, LOG_LINES).strip().splitlines()),
            )
        clock.sleep(LOOK_AGAIN)
