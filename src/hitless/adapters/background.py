"""Going on after the command has returned."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pathlib import Path


class ForkedBackground:
    """Implements :class:`hitless.domain.ports.Background` with ``fork(2)``.

    The child inherits the open file behind ``flock``, so the lock stays held until
    both processes have ended. No threads may run when it splits.
    """

    def split(self, log: Path) -> bool:
        """Split in two processes; true in the one that goes on without a terminal."""
        sys.stdout.flush()
        sys.stderr.flush()
        if os.fork():
            return False
        os.setsid()
        log.parent.mkdir(parents=True, exist_ok=True)
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (written, 1), (written, 2)):
            os.dup2(source, target)
        return True

    def leave(self) -> NoReturn:
        """End the process that went on behind, without the caller's clean-up."""
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
