"""No container of the release gets traffic before it can serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.readiness import wait_ready
from hitless.domain.container import Role

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts


class HealthGate:
    """Lets the release pass when every web service answers its readiness path.

    Undo has nothing to restore.

    Args:
        answers: How many good answers in a row each container must give.
    """

    name = "health gate"

    def __init__(self, answers: int = 3) -> None:
        self.answers = answers

    def do(self, ctx: Context) -> Facts:
        """Ask each container itself, past the flags."""
        wanted = ctx.instances(Role.WEB)
        wait_ready(ctx, wanted, self.answers)
        return {"ready": [one.name for one in wanted]}

    def undo(self, ctx: Context) -> None:
        """Nothing was changed."""
