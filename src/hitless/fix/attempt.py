"""A step whose edits may turn out to be impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError
from hitless.fix.step import refusal, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hitless.audit.check import Placed
    from hitless.fix.step import Action, Step


def attempt(at: Placed, make: Callable[[], Iterable[Action]]) -> Step:
    """The actions that close a finding, all of them together, or why there are none.

    Args:
        at: The finding's place.
        make: Makes the actions; may raise :class:`hitless.fix.edit.RefusedError`.
    """
    try:
        return together(at, *make())
    except RefusedError as error:
        return refusal(at, str(error))
