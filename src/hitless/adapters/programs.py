"""The user's own programs, run by the Shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.errors import ToolMissing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hitless.adapters.shell import Shell
    from hitless.domain.container import Output


class ShellPrograms:
    """Implements :class:`hitless.domain.ports.Programs`.

    Args:
        shell: Shows each line as it is printed.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def run(self, program: Path, directory: Path, env: Mapping[str, str], timeout: float) -> Output:
        """Run to the end in ``directory``, with ``env`` besides this process's own."""
        try:
            return self._shell.run((str(program),), cwd=directory, env=env, timeout=timeout)
        except OSError as error:  # not executable, or its first line names nothing
            raise ToolMissing(
                f"{program} cannot be run: {error.strerror}", f'allow it with "chmod +x {program}"'
            ) from error
