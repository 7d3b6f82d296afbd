"""Everything that can be proved here, in the order in which one builds on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.proof import Proof, Standing
from hitless.fix.verify import (
    alerts,
    composes,
    healthchecks,
    leftovers,
    migrations,
    proxies,
    workflows,
)
from hitless.fix.verify.bench import NotChecked, Refuted
from hitless.fix.verify.commands import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from hitless.domain.ports import Interrupts
    from hitless.fix.verify.bench import Attempt, Bench

CHECKS: tuple[Callable[[Bench], Iterator[Attempt]], ...] = (
    composes.resolves,
    composes.builds,
    proxies.accepted,
    healthchecks.present,
    migrations.there_and_back,
    workflows.exist,
    workflows.run,
    alerts.accepted,
)


def verify(
    bench: Bench,
    watch: Callable[[Attempt], AbstractContextManager[None]],
    dead: Callable[[str], bool],
    interrupts: Interrupts,
) -> list[Proof]:
    """Try all, and remove what was made for it, whatever happens.

    Args:
        bench: The repository's copy.
        watch: Told of each attempt, as a block around it.
        dead: The name belongs to a verification whose process has ended.
        interrupts: A signal must not cut the removal short.
    """
    leftovers.remove(bench, lambda name: name.startswith(PREFIX) and dead(name))
    try:
        return [_judged(one, watch) for check in CHECKS for one in check(bench)]
    finally:
        with interrupts.shield():
            leftovers.remove(bench, lambda name: name.startswith(f"{bench.name}-"))


def _judged(one: Attempt, watch: Callable[[Attempt], AbstractContextManager[None]]) -> Proof:
    about = (one.check, one.subject, one.proves)
    with watch(one):
        try:
            one.work()
        except NotChecked as why:
            return Proof(*about, Standing.NOT_CHECKED, str(why))
        except Refuted as why:
            return Proof(*about, Standing.FAILED, str(why), why.output, why.hint)
    return Proof(*about, Standing.PROVED)
