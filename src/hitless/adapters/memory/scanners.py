"""Scanners that say what they were told to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hitless.domain.container import Output


class MemoryScanners:
    """Implements :class:`hitless.domain.ports.Scanners`.

    Args:
        answers: Program to what it prints; None for one that does not end in time.
    """

    def __init__(self, answers: Mapping[str, Output | None]) -> None:
        self._answers = answers

    def has(self, program: str) -> bool:
        """The program has an answer."""
        return program in self._answers

    def begin(self, command: Sequence[str]) -> Callable[[float], Output | None]:
        """The answer of the program, whatever it was asked."""
        return lambda _seconds: self._answers[command[0]]
