"""Signals that ask a running deploy to stop."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hitless.domain.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM)


class SignalInterrupts:
    """Implements :class:`hitless.domain.ports.Interrupts`.

    Outside a shield the first signal raises Interrupted in the main thread. Inside
    one, signals are only answered: what is being undone must not be left half done.

    A terminal or connection that is lost (SIGHUP) is no wish to stop: the command goes on
    without it. A laptop that is closed must not decide about a release.

    Args:
        answer: Shown to who asks again while things are being undone.
    """

    def __init__(self, answer: Callable[[str], None]) -> None:
        self._answer = answer
        self._shields: list[Sequence[str]] = []
        self._came = False

    def install(self) -> None:
        """Take the signals over; called once, by a command that changes something."""
        for number in ASKING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means what it says
                signal.signal(number, self._asked)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._alone)

    @contextmanager
    def shield(self, left: Sequence[str] = ()) -> Iterator[None]:
        """A block that signals do not cut short."""
        self._shields.append(left)
        try:
            yield
        finally:
            self._shields.pop()

    def asked(self) -> bool:
        """A signal that asks to stop has come."""
        return self._came

    def _alone(self, _number: int, _frame: FrameType | None) -> None:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        self._answer("the terminal is gone; going on without it")

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        self._came = True
        name = signal.Signals(number).name
        if self._shields:
            left = ", ".join(self._shields[-1])
            self._answer(
                f"{name}: already going back{f', still to undo: {left}' if left else ''}; "
                'if this process is killed now, "hitless recover" finishes that'
            )
            return
        raise Interrupted(f"stopped by {name}; everything begun was undone")
