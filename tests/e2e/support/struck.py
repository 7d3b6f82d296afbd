"""Runs Hitless and lets a signal strike it right after a line of its journal is on disk.

Usage: struck.py SIGNAL STEP STATUS DELAY HITLESS-ARGUMENTS…

A test that watched the journal from outside would strike at a moment of chance; this
strikes the real program, by a real signal, at the moment it names. A DELAY in seconds
lets the step get on first, as when another program is at work for it. The STATUS ``flag``
is the moment at which the flag is on disk and nothing has been confirmed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from hitless.adapters.edge_files import EdgeDirectory
from hitless.adapters.sqlite_store import SqliteStore
from hitless.cli.entry import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.domain.journal import Entry
    from hitless.domain.slot import Slot

    Activate = Callable[[EdgeDirectory, Slot], None]
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


def striking_flag(activate: Activate, strike: Callable[[], None]) -> Activate:
    """An edge's ``activate`` that strikes when the flag is moved for the first time."""
    strikes = iter((strike,))

    def activated(edge: EdgeDirectory, slot: Slot) -> None:
        activate(edge, slot)
        next(strikes, lambda: None)()

    return activated


def main() -> None:
    """Become Hitless."""
    name, step, status, delay, *words = sys.argv[1:]

    def strike() -> None:
        os.kill(os.getpid(), signal.Signals[name])

    def strike_later() -> None:
        threading.Timer(float(delay), strike).start()

    chosen = strike_later if float(delay) else strike
    # By setattr: types know methods as constant.
    if status == "flag":
        setattr(EdgeDirectory, "activate", striking_flag(EdgeDirectory.activate, chosen))  # noqa: B010
    else:
        setattr(SqliteStore, "write", striking(SqliteStore.write, chosen, step, status))  # noqa: B010
    sys.argv = ["hitless", *words]
    run()


if __name__ == "__main__":
    main()
