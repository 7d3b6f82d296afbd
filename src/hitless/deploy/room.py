"""Is there memory for a second slot?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.errors import MemoryShort

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.domain.slot import Slot


def check_memory(ctx: Context) -> dict[str, int]:
    """What the release that serves takes, and what there is for the next one, in MB.

    Measured, not declared: limits say what a container may take, not what it needs.
    Empty before the first release, of which nothing is known.

    Raises:
        MemoryShort: when there is less than the running release takes.
    """
    needed = _taken(ctx, ctx.slot.other)
    if not needed:
        return {}
    # What is still in the slot goes before the release comes.
    free = ctx.world.host.free_memory() + _taken(ctx, ctx.slot)
    if free < needed:
        raise MemoryShort(
            f"the release in slot {ctx.slot.other} takes {_mb(needed)} MB, and only {_mb(free)} MB "
            "are available for the next one",
            'see what takes memory with "docker stats --no-stream", or add memory or swap',
        )
    return {"memory_mb": _mb(needed), "available_mb": _mb(free)}


def _taken(ctx: Context, slot: Slot) -> int:
    running = (c for c in ctx.containers(slot, Role.WEB, Role.WORKER) if c.running)
    return sum(ctx.world.engine.memory(container.id) for container in running)


def _mb(size: int) -> int:
    return round(size / 1e6)
