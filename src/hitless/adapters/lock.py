"""A lock that cannot outlive its holder: the kernel frees it on any death.

Beside the locked file lies a note for people, saying who holds it and why. The note
decides nothing; a stale one is harmless.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from hitless.domain.errors import Locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


ASK_AGAIN = 0.05


class FileLock:
    """Implements :class:`hitless.domain.ports.Lock` with ``flock(2)``.

    Args:
        path: The file to lock; made when absent.
        actor: Who would hold it, for the note.
    """

    def __init__(self, path: Path, actor: str) -> None:
        self._path = path
        self._actor = actor

    @contextmanager
    def hold(self, reason: str, patience: float = 10.0) -> Iterator[None]:
        """Hold the lock for a block."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        deadline = time.monotonic() + patience
        with self._path.open("a+") as file:
            while not _taken(file):
                if time.monotonic() >= deadline:
                    raise self._locked(file)
                time.sleep(ASK_AGAIN)
            self._note(file, reason)
            yield

    def held(self) -> bool:
        """Somebody holds it at this moment."""
        if not self._path.exists():
            return False
        with self._path.open() as file:
            # Shared, so that two who look do not see each other.
            return not _taken(file, fcntl.LOCK_SH)

    def _note(self, file: IO[str], reason: str) -> None:
        file.truncate(0)
        note = {"by": self._actor, "pid": os.getpid(), "since": time.time(), "why": reason}
        file.write(json.dumps(note))
        file.flush()

    def _locked(self, file: IO[str]) -> Locked:
        file.seek(0)
        try:
            note = json.loads(file.read())
            since = time.strftime("%H:%M:%S", time.localtime(note["since"]))
            who = f"{note['by']} (process {note['pid']}) since {since}: {note['why']}"
        except (ValueError, KeyError, TypeError):
            who = "another process"
        hint = 'wait for it with "hitless deploy --wait 900", or see more with "hitless lock"'
        return Locked(f"locked by {who}", hint)


def _taken(file: IO[str], how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
