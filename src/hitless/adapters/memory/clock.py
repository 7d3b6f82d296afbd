"""Time that passes only when somebody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

START = 1_700_000_000.0
TICK = 0.1


class MemoryClock:
    """Implements :class:`hitless.domain.ports.Clock`.

    Attributes:
        on_tick: Called once for each tenth of a second that passes.
        wrong_by: Seconds by which the time of day is wrong.
    """

    def __init__(self) -> None:
        self._passed = 0.0
        self.wrong_by = 0.0
        self.on_tick: list[Callable[[], None]] = []

    def now(self) -> float:
        """Seconds since the epoch."""
        return START + self._passed + self.wrong_by

    def monotonic(self) -> float:
        """Seconds since this world began."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Let time pass, tick by tick."""
        end = self._passed + seconds
        while (tick := (int(self._passed / TICK + 1e-6) + 1) * TICK) <= end:
            self._passed = tick
            for call in tuple(self.on_tick):
                call()
        self._passed = max(self._passed, end)
