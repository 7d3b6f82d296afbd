"""What commands print: results on standard output, progress and errors beside it.

Without click, whose import a rollback cannot afford.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from hitless.domain.errors import HitlessError

FORMAT = 1
ESCAPES = r"\x1b\[[;?0-9]*[a-zA-Z]"
# Select Graphic Rendition parameters (ECMA-48, 8.3.117)
COLOURS = {
    "bright_red": "91",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
}


def echo(
    text: str = "",
    *,
    err: bool = False,
    fg: str | None = None,
    bold: bool = False,
    dim: bool = False,
) -> None:
    """A line, styled when a terminal shows it and NO_COLOR does not forbid it."""
    stream = sys.stderr if err else sys.stdout
    stream.write(paint(text, stream, fg=fg, bold=bold, dim=dim) + "\n")
    stream.flush()


def colour() -> bool | None:
    """False when NO_COLOR asks for none; None lets the terminal decide."""
    return False if os.environ.get("NO_COLOR") else None


def paint(
    text: str, stream: TextIO, *, fg: str | None = None, bold: bool = False, dim: bool = False
) -> str:
    """The text with its style, for ``stream``."""
    if colour() is False or not stream.isatty():
        return text
    return style(text, fg=fg, bold=bold, dim=dim)


def style(text: str, *, fg: str | None = None, bold: bool = False, dim: bool = False) -> str:
    """The text with its style, wherever it goes; see :func:`show`."""
    codes = [code for code, wanted in (("1", bold), ("2", dim)) if wanted]
    codes += [COLOURS[fg]] if fg else []
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text


def show(text: str) -> None:
    """Print what was made with :func:`style`; a file gets none of it, nor what a finding quotes."""
    if "\x1b" in text and (colour() is False or not sys.stdout.isatty()):
        text = re.sub(ESCAPES, "", text)
    echo(text)


def print_json(document: dict[str, Any]) -> None:
    """One JSON document, with the version of its shape."""
    echo(json.dumps({"format": FORMAT, **document}, indent=2))


def print_result(document: dict[str, Any]) -> None:
    """The last of a command's JSON lines, with the version of its shape."""
    echo(json.dumps({"event": "result", "format": FORMAT, **document}))


def show_error(error: HitlessError) -> None:
    """``error[E201]: …``, its details indented, and the next command."""
    name = paint(f"error[{error.code}]", sys.stderr, fg="red", bold=True)
    echo(f"{name}: {error.message}", err=True)
    for line in error.details:
        echo(f"    {line}", err=True)
    if error.hint:
        echo(f"{paint('hint', sys.stderr, fg='cyan', bold=True)}: {error.hint}", err=True)
