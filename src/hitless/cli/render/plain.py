"""Progress as plain lines, for pipes, CI and log files."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hitless.cli.terminal import echo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hitless.domain.evidence import Evidence

# Fact -> how to tell it; what is not here stays in the journal.
WORTH_TELLING = {
    "release": "release {}",
    "subnet": "{}",
    "tier": "{}",
    "after": "schema {}",
    "started": "started {}",
    "ready": "{} ready",
    "checks": "checks passed: {}",
    "confirmed_ms": "20 fresh answers in {} ms",
    "kept": "{} files kept",
    "share": "{}",
    "by_hand": 'by "hitless {}"',
    "verdict": "{}",
    "evidence": "{}",
    "held": "{}",
}


class PlainReporter:
    """Implements :class:`hitless.domain.ports.Reporter`.

    Args:
        quiet: Say nothing, for commands whose result is their output.
        debug: Also show what other programs print.
    """

    def __init__(self, *, quiet: bool = False, debug: bool = False) -> None:
        self._quiet = quiet
        self._debug = debug

    def step_began(self, step: str, promise: str) -> None:
        """A step begins; its end will be told."""

    def step_done(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """A step did what it promised."""
        self._line(f"ok    {step:<16} {seconds:6.2f} s  {told(facts)}".rstrip())

    def step_failed(self, step: str, reason: str) -> None:
        """A step could not do what it promised."""
        self._line(f"fail  {step:<16} {reason}")

    def undoing(self, step: str) -> None:
        """A step is being taken back."""
        self._line(f"undo  {step}")

    def say(self, text: str) -> None:
        """One thing worth knowing while a step runs."""
        self._line(f"      {text}")

    def output(self, line: str) -> None:
        """A line that another program printed."""
        if self._debug:
            self._line(f"    | {line}")

    def verdict(self, text: str) -> None:
        """Lines are no place for a verdict that moves."""

    def watching(self, look: Callable[[], Evidence]) -> None:
        """Lines are no place for counters that move."""

    def _line(self, text: str) -> None:
        if not self._quiet:
            with suppress(OSError):  # a reader that is gone must not end a deploy midway
                echo(text, err=True)


def told(facts: Mapping[str, Any]) -> str:
    """The facts of a step that a user wants to read, in a few words."""
    return ", ".join(
        text.format(_short(facts[name]))
        for name, text in WORTH_TELLING.items()
        if facts.get(name) not in (None, [], "")
    )


def _short(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
