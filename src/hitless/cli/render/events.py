"""Progress as one JSON object a line."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hitless.cli.terminal import echo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hitless.domain.evidence import Evidence
    from hitless.domain.ports import Reporter


class JsonReporter:
    """Implements :class:`hitless.domain.ports.Reporter`.

    Args:
        write: Takes each line; by default it is printed.
    """

    def __init__(self, write: Callable[[str], object] = echo) -> None:
        self._write = write

    def step_began(self, step: str, promise: str) -> None:
        """A step begins."""
        self._event("began", step=step, promise=promise)

    def step_done(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """A step did what it promised."""
        self._event("done", step=step, seconds=round(seconds, 3), facts=dict(facts))

    def step_failed(self, step: str, reason: str) -> None:
        """A step could not do what it promised."""
        self._event("failed", step=step, reason=reason)

    def undoing(self, step: str) -> None:
        """A step is being taken back."""
        self._event("undoing", step=step)

    def say(self, text: str) -> None:
        """One thing worth knowing while a step runs."""
        self._event("note", text=text)

    def output(self, line: str) -> None:
        """Other programs' lines are no events."""

    def verdict(self, text: str) -> None:
        """The last one comes with the step's facts."""

    def watching(self, look: Callable[[], Evidence]) -> None:
        """The counts come with the result."""

    def _event(self, event: str, **values: Any) -> None:
        with suppress(OSError):  # a reader that is gone must not end a deploy midway
            self._write(json.dumps({"event": event, **values}))


class Both:
    """Implements :class:`hitless.domain.ports.Reporter` for two who watch."""

    def __init__(self, *reporters: Reporter) -> None:
        self._reporters = reporters

    def step_began(self, step: str, promise: str) -> None:
        """A step begins."""
        for one in self._reporters:
            one.step_began(step, promise)

    def step_done(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """A step did what it promised."""
        for one in self._reporters:
            one.step_done(step, seconds, facts)

    def step_failed(self, step: str, reason: str) -> None:
        """A step could not do what it promised."""
        for one in self._reporters:
            one.step_failed(step, reason)

    def undoing(self, step: str) -> None:
        """A step is being taken back."""
        for one in self._reporters:
            one.undoing(step)

    def say(self, text: str) -> None:
        """One thing worth knowing while a step runs."""
        for one in self._reporters:
            one.say(text)

    def output(self, line: str) -> None:
        """A line that another program printed."""
        for one in self._reporters:
            one.output(line)

    def verdict(self, text: str) -> None:
        """What the evidence says by now."""
        for one in self._reporters:
            one.verdict(text)

    def watching(self, look: Callable[[], Evidence]) -> None:
        """The prober sends from now on."""
        for one in self._reporters:
            one.watching(look)


def replay(event: Mapping[str, Any], reporter: Reporter) -> None:
    """Tell a reporter what an event recorded; others than a reporter's are left out."""
    kind = event["event"]
    if kind == "began":
        reporter.step_began(event["step"], event["promise"])
    elif kind == "done":
        reporter.step_done(event["step"], event["seconds"], event["facts"])
    elif kind == "failed":
        reporter.step_failed(event["step"], event["reason"])
    elif kind == "undoing":
        reporter.undoing(event["step"])
    elif kind == "note":
        reporter.say(event["text"])
