"""Runs Hitless and lets a signal strike it right after a line of its journal is on disk.

Usage: struck.py SIGNAL STEP STATUS DELAY HITLESS-ARGUMENTS…

A test that watched the journal from outside would strike at a moment of chance; this
strikes the real program, by a real signal, at the moment it names. A DELAY in seconds
lets the step get on first, as when another program is at work for it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from hitless.adapters.sqlite_store import SqliteStore
from hitless.cli.entry import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.domain.journal import Entry

    Write = Callable[[SqliteStore, Entry], None]


def striking(write: Write, strike: Callable[[], None], step: str, status: str) -> Write:
    """A store's ``write`` that strikes after the first entry of that step and status."""
    struck = False

    def written(store: SqliteStore, entry: Entry) -> None:
        nonlocal struck
        write(store, entry)
        if not struck and (entry.step, entry.status) == (step, status):
            struck = True
            strike()

    return written


def main() -> None:
    """Become Hitless."""
    name, step, status, delay, *words = sys.argv[1:]

    def strike() -> None:
        os.kill(os.getpid(), signal.Signals[name])

    def strike_later() -> None:
        threading.Timer(float(delay), strike).start()

    chosen = strike_later if float(delay) else strike
    write = striking(SqliteStore.write, chosen, step, status)
    setattr(SqliteStore, "write", write)  # noqa: B010  # types know methods as constant
    sys.argv = ["hitless", *words]
    run()


if __name__ == "__main__":
    main()
