"""DF13: the service itself is process 1 and hears SIGTERM."""

from __future__ import annotations

import json
import re
import shlex
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.dockerfiles import edited, spots
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.dockerfiles import Spot
    from hitless.fix.step import Step

SEVERAL = r"[;&|<>\n`()]"
FOR_A_SHELL = r"[$*?{}~#\\!\[\]]|^\w+="
BUILT_IN = frozenset(("cd", "source", ".", "export", "set", "if", "for", "while"))


@fix("DF13")
def shell_form_command(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Write the command as a list; with ``exec`` where a shell has to fill something in."""
    for finding, spot in spots(repository, findings):
        yield edited(repository, finding, spot.file.path, partial(_rewritten, spot=spot))


def _rewritten(editor: DockerfileEditor, spot: Spot) -> None:
    one = spot.one
    if one.keyword == "ENTRYPOINT" and list(spot.file.inherited(spot.stage, "CMD")):
        raise RefusedError("as a list, this ENTRYPOINT would get CMD's words, which it ignores now")
    if re.search(SEVERAL, one.text) or one.text.split()[0] in BUILT_IN:
        raise RefusedError(f"{one.keyword} is more than one command; put exec before its last one")
    if re.search(FOR_A_SHELL, one.text):
        editor.rewrite(one, f"{one.keyword} exec {one.text}")
        return
    try:
        words = shlex.split(one.text)
    except ValueError as error:
        raise RefusedError(f"{one.keyword} has a quote without its end") from error
    editor.rewrite(one, f"{one.keyword} {json.dumps(words, ensure_ascii=False)}")
