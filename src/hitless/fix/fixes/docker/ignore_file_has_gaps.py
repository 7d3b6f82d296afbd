"""DI01: secrets, history and caches are not sent to the builder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.documents.paths import joined
from hitless.fix.attempt import attempt
from hitless.fix.dockerfiles import refuse_unknown
from hitless.fix.edit import NewFile
from hitless.fix.registry import fix
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Action, Step

# What a finding names, and the patterns that cover it.
PATTERNS = {
    ".env": ("**/.env*", "!**/.env.example"),
    ".git": (".git",),
    "node_modules": ("**/node_modules",),
    "__pycache__": ("**/__pycache__",),
    ".venv": ("**/.venv",),
}


@fix("DI01")
def ignore_file_has_gaps(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Write the patterns, or add those that are missing."""
    seen = set()
    for finding in findings:
        context = "" if finding.subject == "." else finding.subject
        if context not in seen:
            seen.add(context)
            yield attempt(finding.place, lambda f=finding, c=context: _written(repository, f, c))  # type: ignore[misc]


def _written(repository: Repository, finding: Finding, context: str) -> list[Action]:
    named = finding.message.partition(": ")[2].partition(" would be")[0].split(", ")
    lacking = {one.rpartition("/")[2] for one in named}
    lines = [p for name, ps in PATTERNS.items() if name in lacking for p in ps]
    text = "".join(f"{line}\n" for line in lines)
    path = finding.place.path
    if not path.endswith(".dockerignore"):
        refuse_unknown(repository, path)
        return [NewFile(joined(context, ".dockerignore"), text)]
    editor = TextEditor(repository.text(path), path)
    editor.insert_lines(len(editor.text), text)
    return [*editor.edits]
