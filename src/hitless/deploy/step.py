"""What every step of a deploy is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hitless.deploy.context import Context

Facts = dict[str, Any]


class Step(Protocol):
    """A unit that can be done and undone.

    The first line of a step's docstring is its promise; the second tells what its
    ``undo`` restores. Both methods are idempotent, and ``undo`` is right even when
    ``do`` never began.
    """

    name: str

    def do(self, ctx: Context) -> Facts:
        """Keep the promise; what is worth recording comes back."""

    def undo(self, ctx: Context) -> None:
        """Restore what was before."""


def promise(step: Step) -> str:
    """What a step promises, for users."""
    return (step.__doc__ or step.name).strip().splitlines()[0].rstrip(".")
