"""Progress as one JSON object a line."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hitless.cli.terminal import echo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hitless.domain.evidence import Evidence


class JsonReporter:
    """Implements :class:`hitless.domain.ports.Reporter`."""

    def step_began(self, step: str, promise: str) -> None:
        """A step begins."""
        _event("began", step=step, promise=promise)

    def step_done(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """A step did what it promised."""
        _event("done", step=step, seconds=round(seconds, 3), facts=dict(facts))

    def step_failed(self, step: str, reason: str) -> None:
        """A step could not do what it promised."""
        _event("failed", step=step, reason=reason)

    def undoing(self, step: str) -> None:
        """A step is being taken back."""
        _event("undoing", step=step)

    def say(self, text: str) -> None:
        """One thing worth knowing while a step runs."""
        _event("note", text=text)

    def output(self, line: str) -> None:
        """Other programs' lines are no events."""

    def verdict(self, text: str) -> None:
        """The last one comes with the step's facts."""

    def watching(self, look: Callable[[], Evidence]) -> None:
        """The counts come with the result."""


def _event(event: str, **values: Any) -> None:
    with suppress(OSError):  # a reader that is gone must not end a deploy midway
        echo(json.dumps({"event": event, **values}))
