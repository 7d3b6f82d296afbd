"""Making the release last."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts


class Snapshot:
    """Keeps the release's images by name, so that it can be brought back unchanged.

    Undo keeps them: a failed release is worth looking at, retention removes it.
    """

    name = "snapshot"

    def do(self, ctx: Context) -> Facts:
        """Tag every image with the release's id."""
        for service, image in ctx.release.images.items():
            ctx.world.engine.tag(image, ctx.release.tag(service))
        ctx.slot_model()
        ctx.keep_records()
        return {"release": ctx.release.id, "images": len(ctx.release.images)}

    def undo(self, ctx: Context) -> None:
        """Retention removes what is not needed."""
