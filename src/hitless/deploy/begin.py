"""Writing down the wish: from here on a crash is recovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.recover import context
from hitless.domain.journal import Deploy, Kind
from hitless.domain.slot import Slot

if TYPE_CHECKING:
    from hitless.deploy.context import Context, World
    from hitless.deploy.standing import Standing
    from hitless.domain.release import Release


def begin(world: World, kind: Kind, release: Release, standing: Standing) -> Context:
    """Record that a release shall serve in the slot that has no users.

    Raises:
        ReleaseUnknown: when nothing is recorded of the release that serves now, so that
            this could never be undone; nothing was begun then.
    """
    if standing.active_release:
        world.store.release(standing.active_release)
    begun = Deploy(
        id=world.store.next_deploy_id(),
        kind=kind,
        release=release.id,
        previous=standing.active_release,
        slot=standing.active.other if standing.active else Slot.BLUE,
        actor=world.host.actor(),
        started=world.clock.now(),
    )
    world.store.begin(begun)
    return context(world, begun)
