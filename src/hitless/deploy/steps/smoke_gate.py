"""The release is used before any user uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.answer import mismatch
from hitless.domain.errors import SmokeFailed

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.answer import Answer
    from hitless.domain.settings import SmokeCheck


class SmokeGate:
    """Lets the release pass when the preview answers every smoke check as demanded.

    Undo has nothing to restore.
    """

    name = "smoke gate"

    def do(self, ctx: Context) -> Facts:
        """Ask through the real edge, on the listener that leads to the preview."""
        port = ctx.control_port()
        checks = ctx.release.settings.smoke
        for check in checks:
            answer = ctx.world.http.get(port, check.path, {"X-Hitless-Slot": str(ctx.slot)})
            wrong = _wrong(ctx, check, answer)
            if wrong:
                raise SmokeFailed(
                    f"smoke check {check.path} of {ctx.release}: {wrong}",
                    f'see what the release logged with "hitless logs --slot {ctx.slot}"',
                )
        return {"checks": len(checks)}

    def undo(self, ctx: Context) -> None:
        """Nothing was changed."""


def _wrong(ctx: Context, check: SmokeCheck, answer: Answer) -> str:
    if answer.status and ctx.layout.addresses.slot_of(answer.upstream) is not ctx.slot:
        return f"{answer.upstream or 'nobody'} answered, not slot {ctx.slot}"
    values = {"RELEASE": ctx.release.id, "VERSION": ctx.release.version, "SLOT": str(ctx.slot)}
    return mismatch(check, answer, values)
