"""The commit point."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts


class Promote:
    """Makes the release the one that recovery goes forward to.

    Undo is never asked for: the journal entry before ``do`` is the commit point.
    """

    name = "promote"

    def do(self, ctx: Context) -> Facts:
        """The journal holds the decision; there is nothing else to change."""
        return {"release": ctx.release.id, "slot": str(ctx.slot)}

    def undo(self, ctx: Context) -> None:
        """Before the commit point nothing was changed."""
