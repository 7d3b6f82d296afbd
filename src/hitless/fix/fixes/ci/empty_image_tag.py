"""CI06: a tag has no part that is empty on some events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.fix.attempt import attempt
from hitless.fix.registry import fix
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.step import Step

PART = r",(?:prefix|suffix)=[^,\n]*?\{\{\s*branch\s*\}\}[^,\s\"']*"


@fix("CI06")
def empty_image_tag(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Leave the branch out of the tag."""
    places = {one.place for one in findings}
    for file in repository.workflows:
        for step in file.steps():
            node = step.node.get("with", "tags")
            if node is not None and (node.path, node.line) in places:
                yield attempt(node, lambda n=node: _without(repository, n))  # type: ignore[misc]


def _without(repository: Repository, node: Node) -> list[Edit]:
    editor = TextEditor(repository.text(node.path), node.path)
    for found in re.finditer(PART, editor.text[node.start : node.end]):
        editor.replace(node.start + found.start(), node.start + found.end(), "")
    editor.result()
    return editor.edits
