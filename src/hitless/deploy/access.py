"""Who may change a service now: the holder of the lock, the queue, and a freeze."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitless.domain.errors import UsageError
from hitless.domain.lock import Freeze, Holder, Ticket

if TYPE_CHECKING:
    from hitless.deploy.context import World


@dataclass(frozen=True, slots=True)
class Access:
    """What stands between a command and the service.

    Attributes:
        held: Some process holds the lock.
        holder: Who that is; None when it is free, or when nobody wrote that down.
        waiting: Living deploys that wait for it, in the order of arrival.
        freeze: None when deploys are allowed.
    """

    held: bool
    holder: Holder | None
    waiting: tuple[Ticket, ...]
    freeze: Freeze | None


def access(world: World) -> Access:
    """Look, without touching the lock of others."""
    held, holder = world.lock.held(), world.store.holder()
    freeze = world.store.frozen()
    return Access(
        held=held,
        holder=holder if held and holder and world.host.lives(holder.process) else None,
        waiting=tuple(t for t in world.store.waiting() if world.host.lives(t.process)),
        freeze=freeze if freeze and freeze.until > world.clock.now() else None,
    )


def freeze(world: World, until: float, reason: str) -> Freeze:
    """Allow no deploys until a time; what runs now goes on, rollbacks are allowed.

    Raises:
        UsageError: when that time has passed.
    """
    now = world.clock.now()
    if until <= now:
        raise UsageError(
            "a freeze must end in the future", 'name its end, as in "hitless freeze --until 18:00"'
        )
    made = Freeze(until, reason, world.host.actor(), now)
    world.store.freeze(made)
    return made


def thaw(world: World) -> None:
    """Allow deploys again."""
    world.store.freeze(None)
