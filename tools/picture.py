"""The picture in the README: what ``make demo`` printed in a real run.

``python -m tools.picture`` runs the demonstration (about two minutes) and renders what
it printed to docs/images/demo.svg. Nothing in the picture is drawn by hand.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "stacks/task-tracker/demo"
PICTURE = ROOT / "docs/images/demo.svg"
WIDTH = 100
LOCAL = re.compile(r"^(The same as a page|Removing what).*$")
# rich lets the picture load a font from another host; monospace does as well.
FOREIGN = re.compile(r"@font-face \{.*?\}|<!--.*?-->", re.DOTALL)


def main() -> int:
    """Run the demonstration and keep its picture, if nothing was lost."""
    with tempfile.TemporaryDirectory() as name:
        options = ("--directory", f"{name}/demo", "--report", f"{name}/report.html")
        status, printed = in_terminal((sys.executable, str(DEMO), *options))
    if status == 0:
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(drawn(printed))
    else:
        print(printed, file=sys.stderr)
    return status


def in_terminal(command: tuple[str, ...]) -> tuple[int, str]:
    """Run with standard output on a terminal, for the colours; exit status and output."""
    ours, theirs = os.openpty()
    environ = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    with subprocess.Popen(command, stdout=theirs, env=environ) as process:
        os.close(theirs)
        printed = _all_from(ours)
    return process.returncode, printed


def drawn(printed: str) -> str:
    """Lines with their colours as an SVG picture that asks no other host for anything."""
    lines = [line for line in printed.replace("\r", "").splitlines() if not LOCAL.match(line)]
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi("\n".join(lines).strip()))
    return FOREIGN.sub("", console.export_svg(title="make demo", unique_id="demo"))


def _all_from(terminal: int) -> str:
    parts = []
    with os.fdopen(terminal, "rb", buffering=0) as file:
        while part := _part(file):
            parts.append(part)
    return b"".join(parts).decode(errors="replace")


def _part(file: io.FileIO) -> bytes:
    try:
        return file.read(4096) or b""
    except OSError:  # Linux: the other end of a terminal was closed
        return b""


if __name__ == "__main__":
    sys.exit(main())
