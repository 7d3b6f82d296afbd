"""What a story of a deploy is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hitless.deploy.step import Step


class Script(NamedTuple):
    """Steps in their order, and the one that decides.

    Attributes:
        commit: Once this step's intent is written, recovery goes forward.
        behind: Steps that may go on after the command has returned.
    """

    steps: tuple[Step, ...]
    commit: str
    behind: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The steps' names in their order."""
        return tuple(step.name for step in self.steps)

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)
