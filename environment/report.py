"""Shows each step on one line: what, and how long when that is worth saying."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from environment.problem import Problem

NOTEWORTHY_SECONDS = 1.0
STYLES = {"ok": "32", "failed": "31", "dim": "2"}


def styled(text: str, style: str) -> str:
    """The text in colour on a terminal whose user did not say NO_COLOR; else unchanged."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m"


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step when it begins, finish its line when it ends."""
    print(f"  {name} ... ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say(styled("failed", "failed"))
        raise
    took = time.monotonic() - began
    seconds = f" ({took:.1f} s)" if took >= NOTEWORTHY_SECONDS else ""
    say(styled("done", "ok") + styled(seconds, "dim"))


def problem(error: Problem) -> None:
    """The message and the way out, on standard error."""
    print(f"error: {error}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)
