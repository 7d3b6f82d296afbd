"""Signals that ask a running deploy to stop."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hitless.domain.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SignalInterrupts:
    """Implements :class:`hitless.domain.ports.Interrupts`.

    Outside a shield the first signal raises Interrupted in the main thread. Inside
    one, signals are only answered: what is being undone must not be left half done.

    Args:
        answer: Shown to who asks again while things are being undone.
    """

    def __init__(self, answer: Callable[[str], None]) -> None:
        self._answer = answer
        self._shields = 0

    def install(self) -> None:
        """Take the signals over; called once, by a command that changes something."""
        for number in ASKING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means what it says
                signal.signal(number, self._asked)

    @contextmanager
    def shield(self) -> Iterator[None]:
        """A block that signals do not cut short."""
        self._shields += 1
        try:
            yield
        finally:
            self._shields -= 1

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        if self._shields:
            self._answer(
                f"{name}: already going back; if this process is killed now, "
                '"hitless recover" finishes that'
            )
            return
        raise Interrupted(f"stopped by {name}; everything begun was undone")
