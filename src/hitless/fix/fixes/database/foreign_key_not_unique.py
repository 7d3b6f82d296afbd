"""DB11: the id of another system is unique, in the model and in the database."""

from __future__ import annotations

import ast
import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.documents.alembic import heads
from hitless.fix.attempt import attempt
from hitless.fix.edit import NewFile, RefusedError
from hitless.fix.python_edit import called
from hitless.fix.python_files import edits
from hitless.fix.registry import fix
from hitless.fix.revisions import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Revision
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Action, Step

COLUMNS = ("mapped_column", "Column")
REVISION = '''"""{column} of {table} is unique

Revision ID: {name}
Revises: {down}
"""

from alembic import op

revision = "{name}"
down_revision = "{down}"


def upgrade() -> None:
    # This fails while a value is stored twice: join such rows first.
    with op.get_context().autocommit_block():
        op.create_index(
            "{index}", "{table}", ["{column}"], unique=True, postgresql_concurrently=True
        )
        op.execute(
            {statement}
            " UNIQUE USING INDEX {index}"
        )


def downgrade() -> None:
    op.drop_constraint("{index}", "{table}")
'''


@fix("DB11")
def foreign_key_not_unique(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Say so in the model, and add a revision that builds the index without a lock."""
    done = False
    for finding in findings:
        if not done:  # the next revision follows the one that is new now: the next round sees it
            yield attempt(finding.place, partial(_unique, repository, finding))
            done = bool(repository.revisions)


def _unique(repository: Repository, finding: Finding) -> list[Action]:
    path, column = finding.place.path, finding.subject.rpartition(" ")[2]
    tables: list[str] = []
    model = edits(repository, path, partial(_mark, line=finding.place.line, tables=tables))
    if not repository.revisions:
        return [*model]
    ends = heads(repository.revisions)
    if len(ends) != 1:
        raise RefusedError("the chain of migrations has several ends")
    return [*model, _revision(ends[0], tables[0], column)]


def _mark(editor: PythonEditor, line: int, tables: list[str]) -> None:
    """Mark the column of a line, and tell its table."""
    for one in ast.walk(editor.tree):
        if not isinstance(one, ast.ClassDef):
            continue
        for field in one.body:
            value = getattr(field, "value", None)
            if field.lineno == line and isinstance(value, ast.Call) and called(value) in COLUMNS:
                editor.with_keywords(value, "unique=True")
                named = re.search(r"__tablename__\s*=\s*[\"'](\w+)", editor.source(one))
                tables.append(named[1] if named else "")
    if not tables or not tables[0]:
        raise RefusedError("the column is not written as mapped_column or Column of a table")


def _revision(head: Revision, table: str, column: str) -> NewFile:
    index = f"{table}_{column}_key"  # as Postgres itself would call it
    name = _next(head.name, index)
    start = f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {index}"
    statement = f"'{start}'" if '"' in start else f'"{start}"'
    text = REVISION.format(
        name=name, down=head.name, table=table, column=column, index=index, statement=statement
    )
    path = posixpath.join(posixpath.dirname(head.path), f"{name}_{column}_is_unique.py")
    return NewFile(path, text)


def _next(name: str, seed: str) -> str:
    """The number after another, or what alembic would draw, drawn from the seed."""
    if name.isdigit():
        return str(int(name) + 1).zfill(len(name))
    from hashlib import sha256  # noqa: PLC0415  # most chains have numbers or need none

    return sha256(f"{name} {seed}".encode()).hexdigest()[:12]
