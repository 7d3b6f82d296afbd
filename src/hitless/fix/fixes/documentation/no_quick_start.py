"""DO01: the README begins with the commands that start what is in the repository."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.pages import readme
from hitless.fix.attempt import attempt
from hitless.fix.edit import NewFile, RefusedError
from hitless.fix.generate.render import render
from hitless.fix.project.start import name_of, start
from hitless.fix.registry import fix
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Action, Step


@fix("DO01")
def no_quick_start(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Add a section at the end of the README, or a README."""
    for one in findings:
        yield attempt(one.place, partial(_told, repository))


def _told(repository: Repository) -> list[Action]:
    found = start(repository)
    if not found.commands:
        raise RefusedError("nothing in this repository tells a command to begin with")
    text = render("quick_start.md.j2", commands=found.commands, pages=found.pages)
    path = readme(repository)
    if not path:
        return [NewFile("README.md", f"# {name_of(repository)}\n\n{text}")]
    if not path.lower().endswith(".md"):
        raise RefusedError(f"{path} is not Markdown")
    editor = TextEditor(repository.text(path), path)
    blank = "\n" if editor.text.strip() else ""
    editor.insert_lines(len(editor.text), f"{blank}{text}")
    return [*editor.edits]
