"""CP02: the example env file shows what is used, and nothing that crashes when it is copied."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from hitless.fix.registry import fix
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

EMPTY = "# A number, or no line at all: empty, it would crash what reads it.\n# "


@fix("CP02")
def env_contract(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Comment empty numbers out, add what lacks; where there is no example, one is generated."""
    for path in repository.env_examples:
        editor = TextEditor(repository.text(path), path)
        lines = editor.text.splitlines(keepends=True)
        for line in sorted({one.place.line for one in findings if one.place.path == path}):
            editor.insert(sum(map(len, lines[: line - 1])), EMPTY)
        lacking = [one for one in findings if _example(repository, one) == path]
        for where in dict.fromkeys(one.place.path for one in lacking):
            names = [f"{one.subject}=\n" for one in lacking if one.place.path == where]
            editor.insert_lines(len(editor.text), "".join((f"# Used in {where}.\n", *names)))
        yield from editor.edits


def _example(repository: Repository, finding: Finding) -> str:
    """The example that is to show a variable of a Compose file; empty for no such finding."""
    if finding.place.path in repository.env_examples:
        return ""
    home = posixpath.dirname(finding.place.path)
    near = [one for one in repository.env_examples if posixpath.dirname(one) in (home, "")]
    return max(near, key=lambda one: (one.count("/"), -len(one)), default="")
