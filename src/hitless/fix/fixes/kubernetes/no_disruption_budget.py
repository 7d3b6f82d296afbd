"""K805: maintenance takes one pod at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.audit import workloads
from hitless.fix.attempt import attempt
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix
from hitless.fix.text_editor import TextEditor
from hitless.fix.yaml_text import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.step import Step


@fix("K805")
def no_disruption_budget(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Add a PodDisruptionBudget to the file, for the labels of its pods."""
    for finding in findings:
        for one in workloads.workloads(repository, "Deployment"):
            if one.title == finding.subject and one.node.path == finding.place.path:
                yield attempt(finding.place, partial(_covered, repository, one.node))


def _covered(repository: Repository, node: Node) -> list[Edit]:
    labels = node.get("spec", "template", "metadata", "labels")
    if labels is None or not labels.fields:
        raise RefusedError("its pods have no labels")
    namespace = node.say("metadata", "namespace")
    lines = [
        "---",
        "apiVersion: policy/v1",
        "kind: PodDisruptionBudget",
        "metadata:",
        f"  name: {scalar(node.say('metadata', 'name'))}",
        *([f"  namespace: {scalar(namespace)}"] if namespace else []),
        "spec:",
        "  maxUnavailable: 1",
        "  selector:",
        "    matchLabels:",
        *(f"      {scalar(name)}: {scalar(one.text)}" for name, one in labels.fields.items()),
    ]
    editor = TextEditor(repository.text(node.path), node.path)
    editor.insert_lines(_content_end(editor, node), "".join(f"{line}\n" for line in lines))
    return editor.edits


def _content_end(editor: TextEditor, node: Node) -> int:
    """Where the line after the object's last one begins; comments below stay below."""
    at = editor.line_end(max(node.end - 1, 0))
    while at:
        line = editor.text[editor.line_start(at - 1) : at].strip()
        if line and not line.startswith(("#", "---")):
            break
        at = editor.line_start(at - 1)
    return at
