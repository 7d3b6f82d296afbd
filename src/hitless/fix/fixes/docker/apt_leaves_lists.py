"""DF11: apt installs what was asked, and its lists go in the same instruction."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.dockerfiles import edited, spots
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Instruction
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.step import Step

INSTALL = r"(\bapt(?:-get)?\s+(?:-\S+\s+)*install)\b"


@fix("DF11")
def apt_leaves_lists(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Leave recommended packages out, and remove the lists."""
    wanted = {(one.place, one.value) for one in findings}
    for finding, spot in spots(repository, findings):
        lists = (finding.place, "lists") in wanted
        change = partial(_slimmed, one=spot.one, lists=lists)
        yield edited(repository, finding, spot.file.path, change)


def _slimmed(editor: DockerfileEditor, one: Instruction, *, lists: bool) -> None:
    if "--no-install-recommends" not in one.script:
        raw = editor.text[one.start : one.end]
        for found in re.finditer(INSTALL, raw):
            editor.insert(one.start + found.end(), " --no-install-recommends")
    if lists:
        editor.extend(one, " && rm -rf /var/lib/apt/lists/*")
