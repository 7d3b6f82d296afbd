"""The release is used before any user uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.smoke import tried
from hitless.domain.errors import SmokeFailed
from hitless.domain.smoke import title

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts


class SmokeGate:
    """Lets the release pass when the preview satisfies every smoke check.

    Undo has nothing to restore.
    """

    name = "smoke gate"

    def do(self, ctx: Context) -> Facts:
        """Use the release through the real edge, on the listener that leads to the preview."""
        checks = ctx.release.settings.smoke
        for check in checks:
            wrong, details = tried(ctx, check)
            if wrong:
                raise SmokeFailed(
                    f"smoke check {title(check)} of {ctx.release}: {wrong}",
                    f'see what the release logged with "hitless logs --slot {ctx.slot}"',
                    details,
                )
        return {"checks": len(checks)}

    def undo(self, ctx: Context) -> None:
        """Nothing was changed."""
