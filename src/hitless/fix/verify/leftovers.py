"""Removing what verifications made: this one's at its end, a killed one's at the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.verify import commands
from hitless.fix.verify.bench import LOOK_SECONDS, NotChecked

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.fix.verify.bench import Bench

TIMES = 3
REMOVE_SECONDS = 120.0


def remove(bench: Bench, ours: Callable[[str], bool]) -> None:
    """Remove each container, network and image of a verification whose name fits.

    In this order: what is in use cannot be removed.
    """
    try:
        for kind in commands.KINDS:
            _remove(bench, kind, ours)
    except NotChecked:  # without an engine nothing was made; else the next run tries again
        return


def _remove(bench: Bench, kind: str, ours: Callable[[str], bool]) -> None:
    """More than once: the engine refuses what it is just removing by itself."""
    for _ in range(TIMES):
        output = bench.run(commands.listed(kind), LOOK_SECONDS)
        names = [one for one in output.text.split() if ours(one)] if output.code == 0 else []
        if not names:
            return
        bench.run(commands.removed(kind, names), REMOVE_SECONDS)
