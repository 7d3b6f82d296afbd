"""DF19: a page asks the host that it came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.fix.attempt import attempt
from hitless.fix.registry import fix
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.step import Step

ADDRESS = r"(?:https?|wss?)://(?:localhost|127\.0\.0\.1)(?::\d+)?"
FALLBACK = rf"(import\.meta\.env\.\w+\s*(?:\?\?|\|\|)\s*)([\"'`])({ADDRESS})([^\"'`]*)\2"
BUILT_IN = rf"((?:VITE|NEXT_PUBLIC|REACT_APP)_\w+\s*[= ]\s*[\"']?){ADDRESS}"
OWN_SOCKET = 'location.origin.replace(/^http/, "ws")'


@fix("DF19")
def own_machine_in_bundle(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Leave the host out of addresses, in the code, in build arguments and in example files."""
    paths = list(dict.fromkeys(one.place.path for one in findings))
    for path in paths:
        first = next(one for one in findings if one.place.path == path)
        yield attempt(first.place, lambda p=path: _edits(repository, p))  # type: ignore[misc]
    for path in repository.env_examples:
        if re.search(rf"^{BUILT_IN}", repository.text(path), re.MULTILINE):
            yield attempt(findings[0].place, lambda p=path: _edits(repository, p))  # type: ignore[misc]


def _edits(repository: Repository, path: str) -> list[Edit]:
    editor = TextEditor(repository.text(path), path)
    for found in re.finditer(FALLBACK, editor.text):
        editor.replace(found.start(2), found.end(), _own(found))
    for found in re.finditer(rf"^\s*(?:(?:ARG|ENV)\s+)?{BUILT_IN}", editor.text, re.MULTILINE):
        editor.replace(found.end(1), found.end(), "")
    editor.result()
    return editor.edits


def _own(found: re.Match[str]) -> str:
    """The same path on the host of the page."""
    quote, path = found[2], found[4]
    if not found[3].startswith("ws"):
        return f"{quote}{path}{quote}"
    return f"{OWN_SOCKET} + {quote}{path}{quote}" if path else OWN_SOCKET
