"""DB02: an operation on a table that no revision makes runs only where the table is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.rules.database.drops_what_is_used import mapped
from hitless.fix.attempt import attempt
from hitless.fix.edit import RefusedError
from hitless.fix.python_files import edits
from hitless.fix.registry import fix
from hitless.fix.revisions import deeper, function, operations, statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Revision
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step


@fix("DB02")
def chain_needs_unknown_table(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Ask whether the table is there, in both directions."""
    for finding, _, one in operations(repository, findings):
        yield attempt(finding.place, partial(_guarded, repository, table=one.table))


def _guarded(repository: Repository, table: str) -> list[Edit]:
    """Guard what all revisions do with a table: the rule tells only the first."""
    user = mapped(repository, table)
    if user or not table:
        raise RefusedError(f"{user or 'something'} maps it: write the revision that creates it")
    made: list[Edit] = []
    for one in repository.revisions:
        if any(o.table == table for o in [*one.upgrade, *one.downgrade]):
            change = partial(_in_revision, revision=one, table=table)
            made += edits(repository, one.path, change)
    return made


def _in_revision(editor: PythonEditor, revision: Revision, table: str) -> None:
    for one in [*revision.upgrade, *revision.downgrade]:
        if one.table == table:
            found = statement(editor, one)
            body = deeper(editor.source_block(found))
            editor.instead(found, f'if sa.inspect(op.get_bind()).has_table("{table}"):\n{body}')
    _note(editor, table)
    editor.import_name("sqlalchemy as sa")


def _note(editor: PythonEditor, table: str) -> None:
    upgrade = function(editor, "upgrade")
    if upgrade is not None:
        note = f"# No revision creates {table}: only databases older than the chain have it."
        editor.before(upgrade.body[0], note)
