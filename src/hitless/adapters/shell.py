"""The one place that runs other programs."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from hitless.domain.container import Output
from hitless.domain.errors import CommandFailed, ToolMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SHOWN_LINES = 30
LONGEST_LINE = 65_536
STOP_GRACE = 10.0


class Shell:
    """Runs commands and collects what they print.

    A child is the leader of a session of its own: Ctrl-C reaches Hitless alone,
    which then ends the child in an orderly way.

    Args:
        on_line: Called with each line as it appears, for progress.
        keep: How many of the last lines to keep; by default all of them.
    """

    def __init__(
        self, on_line: Callable[[str], None] | None = None, keep: int | None = None
    ) -> None:
        self._on_line = on_line or (lambda _line: None)
        self._keep = keep

    def run(
        self,
        command: tuple[str, ...],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 600.0,
    ) -> Output:
        """Run to the end; standard output and error come back as one text.

        Raises:
            ToolMissing: when there is no such program.
            CommandFailed: when it takes longer than ``timeout`` seconds.
        """
        try:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except FileNotFoundError:
            raise ToolMissing(
                f"program {command[0]!r} is not installed",
                'see what is missing with "hitless doctor"',
            ) from None
        try:
            return self._collected(process, command, timeout)
        except BaseException:
            _end(process)
            raise
        finally:
            if process.stdout:
                process.stdout.close()

    def checked(
        self,
        command: tuple[str, ...],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 600.0,
    ) -> str:
        """Run to the end and return what was printed.

        Raises:
            CommandFailed: when the exit code is not 0; the output's end is in ``details``.
        """
        output = self.run(command, cwd=cwd, env=env, timeout=timeout)
        if output.code != 0:
            tail = tuple(output.text.strip().splitlines()[-SHOWN_LINES:])
            raise CommandFailed(f"{' '.join(command)} ended with {output.code}", "", tail)
        return output.text

    def _collected(
        self, process: subprocess.Popen[str], command: tuple[str, ...], timeout: float
    ) -> Output:
        from threading import Event, Timer  # noqa: PLC0415  # most commands run no program

        ran_out = Event()

        def end_it() -> None:
            ran_out.set()  # first: the output may end while the program is being ended
            _end(process)

        late = Timer(timeout, end_it)
        late.daemon = True
        late.start()
        lines: deque[str] = deque(maxlen=self._keep)
        assert process.stdout is not None  # noqa: S101  # run() asked for it
        try:
            # What never ends its line must not fill the memory.
            for line in iter(partial(process.stdout.readline, LONGEST_LINE), ""):
                lines.append(line)
                self._on_line(line.rstrip())
            code = process.wait()
        finally:
            late.cancel()
        if ran_out.is_set():
            raise CommandFailed(f"{' '.join(command)} took longer than {timeout:g} s")
        return Output(code, "".join(lines))


def _end(process: subprocess.Popen[str]) -> None:
    """SIGTERM to the child's whole group, SIGKILL to what is left after a while."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_GRACE)
        # The leader may be gone while a child of its own pays no heed to SIGTERM.
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
