"""DB04: what the code still maps is not dropped yet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.python_files import edited
from hitless.fix.registry import fix
from hitless.fix.revisions import operations, statement
from hitless.fix.step import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Operation
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step


@fix("DB04")
def drops_what_is_used(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Take the drop out, and write down when it may come back."""
    for finding, _, one in operations(repository, findings):
        if one.name == "rename_table":
            why = "a renamed table needs its old name, as a view, for as long as code uses it"
            yield Refusal(finding.place, why)
            continue
        user = finding.message.partition(", which ")[2].removesuffix(" still maps")
        change = partial(_taken_out, one=one, user=user)
        yield edited(repository, finding.place, finding.place.path, change)


def _taken_out(editor: PythonEditor, one: Operation, user: str) -> None:
    found = statement(editor, one)
    dropped = editor.source_block(found).replace("\n", "\n#     ")
    note = (
        f"# {user} still maps it. A revision of the release after the one that stops\n"
        f"# mapping it may drop it:\n#     {dropped}"
    )
    function = next(editor.parents(found))
    alone = len(getattr(function, "body", ())) == 1
    editor.instead(found, f"{note}\npass" if alone else note)
