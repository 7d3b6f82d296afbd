"""What a fix may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hitless.domain.finding import Place
from hitless.fix.edit import Edit, NewFile
from hitless.fix.yaml_edit import Append, Remove, Rename, Set

if TYPE_CHECKING:
    from hitless.audit.check import Placed

Action = Edit | NewFile | Set | Append | Remove | Rename


class Refusal(NamedTuple):
    """A finding that a fix leaves to a person."""

    place: Place
    reason: str


class Together(NamedTuple):
    """Actions of which one without the others would break something.

    Attributes:
        place: The finding that they close; a refusal is told there.
    """

    place: Place
    actions: tuple[Action, ...]


def together(at: Placed, *actions: Action) -> Together:
    """All of these or none; see :class:`Together`."""
    return Together(Place(at.path, at.line), actions)


def refusal(at: Placed, reason: str) -> Refusal:
    """This finding is left to a person; see :class:`Refusal`."""
    return Refusal(Place(at.path, at.line), reason)


Step = Action | Together | Refusal
