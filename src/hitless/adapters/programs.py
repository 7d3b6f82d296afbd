"""The user's own programs, run by the Shell."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hitless.adapters.shell import Shell
from hitless.domain.errors import ToolMissing
from hitless.domain.secrets import hidden, secret_values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from hitless.domain.container import Output

KEPT_LINES = 1000


class ShellPrograms:
    """Implements :class:`hitless.domain.ports.Programs`.

    Args:
        on_line: Called with each line as it is printed.
    """

    def __init__(self, on_line: Callable[[str], None] = lambda _line: None) -> None:
        self._on_line = on_line

    def run(
        self,
        program: Path,
        directory: Path,
        env: Mapping[str, str],
        timeout: float,
        hide: Collection[str] = (),
        *,
        arguments: Sequence[str] = (),
    ) -> Output:
        """Run to the end in ``directory``, with ``env`` besides this process's own."""
        secrets = secret_values(os.environ).union(hide)
        shell = Shell(lambda line: self._on_line(hidden(line, secrets)), KEPT_LINES)
        try:
            output = shell.run((str(program), *arguments), cwd=directory, env=env, timeout=timeout)
        except OSError as error:  # not executable, or its first line names nothing
            raise ToolMissing(
                f"{program} cannot be run: {error.strerror}", f'allow it with "chmod +x {program}"'
            ) from error
        return output._replace(text=hidden(output.text, secrets))
