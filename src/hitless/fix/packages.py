"""Takes packages of the operating system out of a RUN instruction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.fix.dockerfiles import parts
from hitless.fix.edit import RefusedError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from hitless.documents.dockerfile import Instruction
    from hitless.fix.dockerfile_edit import DockerfileEditor

HOUSEKEEPING = r"(apt(-get)?|apk)\s+(\S+\s+)*(update|install|add|clean)\b.*|rm\s+-\w+\s+/var/\S+"


def take_out(editor: DockerfileEditor, one: Instruction, names: AbstractSet[str]) -> None:
    """Install these no more; an instruction that installs nothing else goes as a whole.

    Raises:
        RefusedError: when it does something besides, which might need them.
    """
    if run_lines.packages(one.script) <= names:
        if not all(re.fullmatch(HOUSEKEEPING, part) for part in parts(one)):
            raise RefusedError(f"line {one.line} of {one.path} does more than install them")
        editor.remove(one)
        return
    raw = editor.text[one.start : one.end]
    for name in sorted(names):
        for found in re.finditer(rf"[ \t]+{re.escape(name)}(=\S+)?(?=\s|&|;|$)", raw):
            editor.replace(one.start + found.start(), one.start + found.end(), "")
