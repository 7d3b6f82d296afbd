"""Programs that do nothing, and remember what they were told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hitless.domain.errors import CommandFailed, ToolMissing
from hitless.domain.secrets import hidden

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from hitless.adapters.memory.clock import MemoryClock
    from hitless.domain.container import Output


class MemoryPrograms:
    """Implements :class:`hitless.domain.ports.Programs`.

    Attributes:
        ends: Name of a program → how it ends; a program without an entry is absent.
        takes: Name of a program → seconds.
        ran: What ran, with its arguments, and its environment.
    """

    def __init__(self, clock: MemoryClock) -> None:
        self._clock = clock
        self.ends: dict[str, Output] = {}
        self.takes: dict[str, float] = {}
        self.ran: list[tuple[str, dict[str, str]]] = []

    def run(
        self,
        program: Path,
        directory: Path,  # noqa: ARG002  # nothing runs
        env: Mapping[str, str],
        timeout: float,
        hide: Collection[str] = (),
        *,
        arguments: Sequence[str] = (),
    ) -> Output:
        """Run to the end."""
        if program.name not in self.ends:
            raise ToolMissing(f"program {str(program)!r} is not installed")
        self.ran.append((" ".join((program.name, *arguments)), dict(env)))
        seconds = self.takes.get(program.name, 0.0)
        self._clock.sleep(min(seconds, timeout))
        if seconds > timeout:
            raise CommandFailed(f"{program} took longer than {timeout:g} s")
        ended = self.ends[program.name]
        return replace(ended, text=hidden(ended.text, hide))
