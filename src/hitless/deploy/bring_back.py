"""Making somebody to go back to.

Between a cutover and the end of its bake, the containers of the release before may go:
removed by hand, or with the machine's disk. When the new release then fails, there is
nobody to give its users to; but images, model and settings of the one before are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.readiness import wait_ready
from hitless.deploy.slots import occupy
from hitless.domain.container import Role

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.domain.release import Release


def bring_back(ctx: Context, previous: Release) -> None:
    """Make the web services of the release before again, in the slot that it had.

    Its workers follow when the handover is undone.

    Raises:
        HitlessError: when that does not succeed; the slot with users is untouched.
    """
    ctx.world.reporter.say(f"the containers of {previous} are gone: making them again")
    before = of_previous(ctx, previous)
    occupy(before)
    wait_ready(before, before.instances(Role.WEB), answers=3)


def of_previous(ctx: Context, previous: Release) -> Context:
    """The context in which the release before is put into its own slot again."""
    deploy = ctx.deploy._replace(release=previous.id, slot=ctx.slot.other)
    return ctx._replace(deploy=deploy, release=previous)
