"""Example env files as fixes meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.edit import NewFile
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hitless.audit.repository import Repository
    from hitless.fix.step import Action

NOTE = "# Secrets have no defaults: choose them, for example by openssl rand -hex 32"


def example_of(repository: Repository) -> str:
    """The example that a reader meets first."""
    return min(
        repository.env_examples, key=lambda one: (one.count("/"), one), default=".env.example"
    )


def shown(repository: Repository, names: Sequence[str], replaced: dict[str, str]) -> list[Action]:
    """Show variables without a value, and put texts of the example in place of others."""
    path = example_of(repository)
    there = {one.name for one in repository.env(path)}
    lacking = [name for name in dict.fromkeys(names) if name not in there]
    lines = "".join(f"{line}\n" for line in [NOTE, *(f"{name}=" for name in lacking)])
    if path not in repository.known:
        return [NewFile(path, lines)] if lacking else []
    editor = TextEditor(repository.text(path), path)
    if lacking:
        editor.insert_lines(len(editor.text), lines)
    for old, new in replaced.items():
        at = editor.text.find(old)
        if at >= 0:
            editor.replace(at, at + len(old), new)
    return [*editor.edits]
