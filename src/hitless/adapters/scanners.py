"""Other programs that look at a repository, each a process of its own."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hitless.domain.container import Output


class PathScanners:
    """Implements :class:`hitless.domain.ports.Scanners` with what is on PATH.

    Args:
        root: The repository; programs run there.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, program: str) -> bool:
        """The program is on PATH."""
        # shutil would do, but costs more to import than the whole answer.
        places = (os.path.join(folder, program) for folder in os.get_exec_path())  # noqa: PTH118
        return any(os.access(one, os.X_OK) and os.path.isfile(one) for one in places)  # noqa: PTH113

    def begin(self, command: Sequence[str]) -> Callable[[float], Output | None]:
        """Start a program; what it prints goes to a file, so that it never waits for a reader."""
        import tempfile  # noqa: PLC0415  # most machines have no scanner

        printed = tempfile.TemporaryFile()  # noqa: SIM115  # closed when the program was heard
        process = subprocess.Popen(
            tuple(command),
            cwd=self._root,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

        def finish(seconds: float) -> Output | None:
            from hitless.domain.container import Output  # noqa: PLC0415  # see above

            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return None
            else:
                printed.seek(0)
                return Output(code, printed.read().decode("utf-8", "replace"))
            finally:
                printed.close()

        return finish
