"""The picture in the README: a terminal in which the tutorial was followed.

``python -m tools.picture`` deploys the tutorial's project, takes the second release back,
and renders what the terminal showed to docs/images/deploy.svg. Nothing in the picture is
drawn by hand.
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

from tools.samples import TUTORIAL
from tools.walk import File, read, run, write

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs/images/deploy.svg"
WIDTH = 96
BEFORE = "hitless deploy v1 && sed -i 's/Hello/Good day/' app.py"
SHOWN = ("hitless deploy v2", "hitless rollback", "hitless show d2")
STEPS = re.compile(r"(?:^ +done .*\n)+", re.MULTILINE)  # shown once, by the deploy itself
AFTER = "hitless down --images --yes"
# Colours as in any terminal, but no spinner: a picture does not move.
TERMINAL = {
    "COLUMNS": str(WIDTH),
    "TERM": "xterm-256color",
    "FORCE_COLOR": "1",
    "TTY_INTERACTIVE": "0",
}
# rich lets the picture load a font from another host; monospace does as well.
FOREIGN = re.compile(r"@font-face \{.*?\}|<!--.*?-->", re.DOTALL)


def main() -> None:
    """Follow the tutorial in a terminal and keep its picture."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name) / "hello"
        directory.mkdir()
        for doing in read(TUTORIAL.read_text()):
            if isinstance(doing, File):
                write(doing, directory, {})
        run(BEFORE, directory)
        try:
            shown = [f"\033[1m$ {line}\033[0m\n{in_terminal(line, directory)}" for line in SHOWN]
        finally:
            run(AFTER, directory)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn("\n".join(shown)))


def in_terminal(line: str, directory: Path) -> str:
    """What a command shows on a terminal.

    Raises:
        CalledProcessError: when it fails.
    """
    ours, theirs = os.openpty()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, **TERMINAL, "PATH": path}
    command = ("bash", "-c", line)
    with subprocess.Popen(
        command, cwd=directory, stdout=theirs, stderr=theirs, env=environ
    ) as process:
        os.close(theirs)
        shown = _all_from(ours)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, shown)
    return shown


def drawn(shown: str) -> str:
    """Lines with their colours as an SVG picture that asks no other host for anything."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(STEPS.sub("  …\n", shown.replace("\r", "")).strip()))
    return FOREIGN.sub("", console.export_svg(title="hitless", unique_id="terminal"))


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
    main()
