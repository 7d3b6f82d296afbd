"""Env files: ``NAME=value`` with the line of each."""

from __future__ import annotations

import re
from typing import NamedTuple


class Setting(NamedTuple):
    """One line of an env file.

    Attributes:
        value: Without quotes and trailing comment.
        comment: What the lines directly above and the end of the line say.
    """

    path: str
    name: str
    value: str
    line: int
    comment: str = ""


def parse(text: str, path: str) -> list[Setting]:
    """All settings; lines that are none are skipped, as Compose skips them."""
    found: list[Setting] = []
    above: list[str] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            above.append(line.lstrip("# "))
            continue
        setting = re.match(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$", line)
        if setting:
            value, note = _value(setting[2])
            found.append(Setting(path, setting[1], value, number, " ".join([*above, note]).strip()))
        above = []
    return found


def values(settings: list[Setting]) -> dict[str, str]:
    """Name to value; the last of several wins."""
    return {one.name: one.value for one in settings}


def _value(text: str) -> tuple[str, str]:
    quoted = re.match(r"""(["'])(.*?)\1\s*(?:#\s*(.*))?$""", text)
    if quoted:
        return quoted[2], quoted[3] or ""
    value, mark, note = text.partition(" #") if not text.startswith("#") else ("", "#", text[1:])
    return value.strip(), note.strip() if mark else ""
