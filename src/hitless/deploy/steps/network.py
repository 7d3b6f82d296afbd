"""The one network on which everything has its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.stack.projects import volume_names

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts


class Network:
    """Gives every container of the service a fixed address.

    Undo removes the network that a first deploy made; volumes keep their data.
    """

    name = "network"

    def do(self, ctx: Context) -> Facts:
        """Create the network and the named volumes that are missing."""
        engine, layout = ctx.world.engine, ctx.layout
        if all(one.name != layout.network for one in engine.networks()):
            dynamic = layout.addresses.dynamic_range()
            engine.create_network(layout.network, layout.subnet, dynamic, layout.service)
        for volume in volume_names(ctx.release.compose, ctx.release.settings):
            engine.ensure_volume(volume, layout.service)
        return {"subnet": layout.subnet}

    def undo(self, ctx: Context) -> None:
        """Remove the network if nothing was released before."""
        if ctx.deploy.first:
            ctx.world.engine.remove_network(ctx.layout.network)
