"""What of the past is kept, and forgetting the rest."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from hitless.deploy.standing import HISTORY
from hitless.domain.journal import Outcome

if TYPE_CHECKING:
    from hitless.deploy.context import World
    from hitless.domain.release import Release


def last_served(world: World, active: str, retain: int) -> tuple[str, ...]:
    """The ids of the releases that retention keeps beside the active one.

    Nobody goes back to a release that never served.
    """
    served = [d.release for d in world.store.deploys(HISTORY) if d.outcome is Outcome.LIVE]
    before = [release for release in dict.fromkeys(served) if release != active]
    return tuple(before[: retain - 1])


def forget(world: World, release: Release) -> None:
    """Remove the names of its images, its files and its record."""
    for service in release.images:
        world.engine.untag(release.tag(service))
    shutil.rmtree(world.home / "releases" / release.id, ignore_errors=True)
    world.store.forget_release(release.id)
