"""Whoever watches, is told, or stops a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from hitless.domain.evidence import Evidence
    from hitless.domain.notice import Notice
    from hitless.domain.settings import Channel


class Reporter(Protocol):
    """Tells whoever watches what happens; it never fails and decides nothing."""

    def step_began(self, step: str, promise: str) -> None:
        """A step begins."""

    def step_done(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """A step did what it promised."""

    def step_failed(self, step: str, reason: str) -> None:
        """A step could not do what it promised."""

    def undoing(self, step: str) -> None:
        """A step is being taken back."""

    def say(self, text: str) -> None:
        """One thing worth knowing while a step runs."""

    def output(self, line: str) -> None:
        """A line that a program printed which runs on the user's behalf."""

    def verdict(self, text: str) -> None:
        """What the evidence under users' traffic says by now."""

    def watching(self, look: Callable[[], Evidence]) -> None:
        """The prober sends from now on; ``look`` tells what it has seen."""


class Notifier(Protocol):
    """Tells others what happens."""

    def send(self, channel: Channel, notice: Notice) -> None:
        """Tell one channel, no longer than it may take.

        Raises:
            NotDelivered: when nobody took it.
        """


class Interrupts(Protocol):
    """Ctrl-C, SIGTERM and a lost terminal."""

    def shield(self, left: Sequence[str] = ()) -> AbstractContextManager[None]:
        """A block that signals do not cut short: they are answered, not obeyed.

        ``left`` is read when one comes: the steps that are still to be undone then.
        """

    def asked(self) -> bool:
        """One has come, be it that it was obeyed, answered, or came too late to undo."""
