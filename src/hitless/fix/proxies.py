"""nginx files as fixes meet them: directives found again by a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.attempt import attempt
from hitless.fix.nginx_edit import NginxEditor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.nginx import Directive
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.step import Step


def by_file(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[tuple[Directive, list[Finding]]]:
    """Each nginx file with findings."""
    for root in repository.nginx:
        mine = [one for one in findings if one.place.path == root.path]
        if mine:
            yield root, mine


def edited(
    repository: Repository,
    finding: Finding,
    root: Directive,
    make: Callable[[NginxEditor], None],
) -> Step:
    """The edits that a function makes in an nginx file, proved."""

    def done() -> list[Edit]:
        editor = NginxEditor(repository.text(root.path), root)
        make(editor)
        return editor.proved()

    return attempt(finding.place, done)


def main_block(root: Directive) -> Directive | None:
    """``http``, or the file itself when nginx includes it there; None for a mere snippet."""
    found = next(root.all("http"), None)
    if found is not None:
        return found
    return root if root.own("server", "upstream", "map") else None
