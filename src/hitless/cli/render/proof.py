"""What ``hitless fix --verify`` shows: what was proved, what failed, what nobody knows."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any

from hitless.cli.terminal import echo, paint
from hitless.domain.proof import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.domain.proof import Proof
    from hitless.fix.verify.bench import Attempt

QUICK = 1.0  # seconds; what is over sooner needs no word before its answer
COLOURS = {Standing.PROVED: "green", Standing.FAILED: "red", Standing.NOT_CHECKED: "yellow"}
WIDTH = max(len(one) for one in Standing)


@contextmanager
def progress(attempt: Attempt) -> Iterator[None]:
    """Says on standard error that an attempt runs, once it takes longer than a moment."""
    text = f"checking: {attempt.check}, {attempt.subject} …"
    timer = Timer(QUICK, lambda: echo(text, err=True, dim=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def silence(_attempt: Attempt) -> Iterator[None]:
    """Nothing, for machines."""
    yield


def listing(proofs: Sequence[Proof], *, written: bool) -> Iterator[str]:
    """One line for each, with the end of what a failed one printed, and the sum."""
    for one in proofs:
        word = paint(f"{one.standing:<{WIDTH}}", sys.stdout, fg=COLOURS[one.standing])
        reason = f": {one.reason}" if one.reason else ""
        yield f"{word}  {one.check}, {one.subject}{reason}"
        yield from (f"    {line}" for line in one.output)
        if one.hint:
            yield f'    see it with "{one.hint}"'
    yield ", ".join(f"{_count(proofs, one)} {one}" for one in Standing)
    if written and _count(proofs, Standing.FAILED):
        yield 'The files stay written: read them with "git diff", take back with "git checkout ."'


def _count(proofs: Sequence[Proof], standing: Standing) -> int:
    return sum(one.standing is standing for one in proofs)


def any_failed(proofs: Sequence[Proof]) -> bool:
    """One was tried and is wrong; what nobody could check is no failure."""
    return _count(proofs, Standing.FAILED) > 0


def documents(proofs: Sequence[Proof]) -> list[dict[str, Any]]:
    """The same for machines."""
    return [
        {
            "check": one.check,
            "subject": one.subject,
            "proves": one.proves,
            "answer": one.standing.value,
            "reason": one.reason,
            "output": list(one.output),
            "hint": one.hint,
        }
        for one in proofs
    ]
