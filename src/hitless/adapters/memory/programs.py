"""Programs that do nothing, and remember what they were told."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

from hitless.domain.errors import CommandFailed, ToolMissing
from hitless.domain.secrets import hidden

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from hitless.adapters.memory.clock import MemoryClock
    from hitless.domain.container import Output

T = TypeVar("T")


class MemoryPrograms:
    """Implements :class:`hitless.domain.ports.Programs`.

    Attributes:
        ends: Name of a program → how it ends; a program without an entry is absent. A pattern
            of a whole command line, ``docker pull *``, comes before the mere name.
        takes: The same → seconds.
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
        line = " ".join((program.name, *arguments))
        if program.name not in self.ends:
            raise ToolMissing(f"program {str(program)!r} is not installed")
        self.ran.append((line, dict(env)))
        seconds = _for(line, self.takes, 0.0)
        self._clock.sleep(min(seconds, timeout))
        if seconds > timeout:
            raise CommandFailed(f"{program} took longer than {timeout:g} s")
        ended = _for(line, self.ends, self.ends[program.name])
        return ended._replace(text=hidden(ended.text, hide))


def _for(line: str, told: Mapping[str, T], otherwise: T) -> T:
    """What was told of a command line, or of its program."""
    for pattern, value in told.items():
        if " " in pattern and fnmatchcase(line, pattern):
            return value
    return told.get(line.partition(" ")[0], otherwise)
