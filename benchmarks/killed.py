"""Runs Hitless and kills it right after its n-th write to the database is on disk.

Usage: killed.py N MARK HITLESS-ARGUMENTS…

MARK is a file that is made just before, so that whoever started this knows that it
happened, also where a process behind the command was the one that died.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hitless.adapters.sqlite_store import SqliteStore
from hitless.cli.entry import run

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

LAST, MARK = int(sys.argv[1]), Path(sys.argv[2])
WRITING = SqliteStore._writing  # noqa: SLF001  # every write passes through it
written = 0


@contextmanager
def writing(store: SqliteStore, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
    """A write after which this process may be dead."""
    global written  # noqa: PLW0603  # a fork takes the count along
    with WRITING(store, durable=durable) as database:
        yield database
    written += 1
    if written == LAST:
        MARK.touch()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    setattr(SqliteStore, "_writing", writing)  # noqa: B010  # types know methods as constant
    sys.argv = ["hitless", *sys.argv[3:]]
    run()
