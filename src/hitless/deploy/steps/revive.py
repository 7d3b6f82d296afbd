"""The earlier release gets ready to serve again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.slots import occupy
from hitless.domain.container import Role
from hitless.domain.errors import ImageMissing

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.deploy.steps.edge import Edge
    from hitless.domain.container import Container


class Revive:
    """Makes sure that the earlier release runs: it is hot, stopped, or made anew.

    Undo leaves it running, as a place to go back to later, but without its own snippets.
    """

    name = "revive"

    def do(self, ctx: Context) -> Facts:
        """Do as little as the state of its containers allows."""
        kept = self._kept(ctx)
        if len(kept) < len(ctx.instances(Role.WEB)):
            self._make(ctx)
            return {"tier": "cold"}
        if _other_snippets(ctx):
            _edge().do(ctx)
        stopped = [container for container in kept if not container.running]
        for container in stopped:
            ctx.world.engine.start(container.id)
        return {"tier": "warm" if stopped else "hot"}

    def undo(self, ctx: Context) -> None:
        """It may stay, but not its snippets."""
        if _other_snippets(ctx):
            _edge().restore(ctx)

    def _kept(self, ctx: Context) -> tuple[Container, ...]:
        found = ctx.containers(ctx.slot, Role.WEB)
        return tuple(c for c in found if c.release == ctx.release.id)

    def _make(self, ctx: Context) -> None:
        """Its addresses may be others than those of what the slot held lately."""
        _tag_again(ctx)
        _edge().do(ctx)
        occupy(ctx)


def _other_snippets(ctx: Context) -> bool:
    """The user's own nginx directives are a part of a release, and change by a reload only."""
    return ctx.previous is not None and ctx.previous.snippets != ctx.release.snippets


def _edge() -> Edge:
    from hitless.deploy.steps.edge import Edge  # noqa: PLC0415  # not for a hot rollback

    return Edge()


def _tag_again(ctx: Context) -> None:
    """Its tags may have been moved by hand since; what was released is an image, not a name.

    Raises:
        ImageMissing: when an image is gone; nothing was touched then.
    """
    for service, image in ctx.release.images.items():
        if ctx.world.engine.image_id(image) is None:
            raise ImageMissing(
                f"image {image} of service {service!r} of {ctx.release} is gone",
                "go back to another release, or deploy this one anew from its sources",
            )
    for service, image in ctx.release.images.items():
        if ctx.world.engine.image_id(ctx.release.tag(service)) != image:
            ctx.world.engine.tag(image, ctx.release.tag(service))
