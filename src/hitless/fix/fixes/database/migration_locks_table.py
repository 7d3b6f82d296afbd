"""DB05: operations that stop writers become several that do not."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError
from hitless.fix.python_files import edited
from hitless.fix.registry import fix
from hitless.fix.revisions import deeper, operations, quoted, statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Operation
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step

LONG = 70
# What cannot be done a second time when a later part of the revision has failed.
NOT_TWICE = frozenset(
    (
        "execute",
        "bulk_insert",
        "drop_column",
        "drop_table",
        "drop_constraint",
        "rename_table",
        "create_primary_key",
    )
)
OWN_TRANSACTION = "with op.get_context().autocommit_block():"
NOT_FOUND = (
    "another type, or a required column, needs steps in several releases: expand and contract"
)


@fix("DB05")
def migration_locks_table(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Build indexes concurrently, and check constraints after they were added."""
    for finding, revision, one in operations(repository, findings):
        change = partial(_unlocked, one=one, beside=revision.upgrade)
        yield edited(repository, finding.place, finding.place.path, change)


def _unlocked(editor: PythonEditor, one: Operation, beside: Sequence[Operation]) -> None:
    for other in beside:
        if other is not one and (other.name in NOT_TWICE or "type_" in other.given):
            why = f"{other.name} in line {other.line} belongs to the same transaction"
            raise RefusedError(f"{why}: a revision that fails half-way could not be run again")
    found = statement(editor, one)
    call = editor.same(one.call)
    if not isinstance(call, ast.Call):
        return
    if one.name in ("create_index", "drop_index"):
        lines = _with(editor, call, "postgresql_concurrently=True")
    elif one.name == "create_unique_constraint":
        lines = _unique(editor, call, one)
    elif one.name in ("create_foreign_key", "create_check_constraint"):
        lines = _checked_later(editor, call, one)
    elif one.name == "alter_column" and "type_" not in one.given:
        lines = _not_null(editor, call, one)
    else:
        raise RefusedError(NOT_FOUND)
    editor.instead(found, f"{OWN_TRANSACTION}\n{deeper(lines)}")


def _with(editor: PythonEditor, call: ast.Call, keywords: str) -> str:
    """The call with more arguments."""
    text = editor.source_block(editor.statement_of(call))
    return f"{text[:-1].rstrip().rstrip(',')}, {keywords})"


def _unique(editor: PythonEditor, call: ast.Call, one: Operation) -> str:
    """An index first, which the constraint then takes."""
    if len(call.args) != 3 or call.keywords or not one.args[0]:  # noqa: PLR2004  # name, table, columns
        raise RefusedError(
            "the constraint has no name, or more arguments than name, table, columns"
        )
    name, table, columns = (editor.source(arg) for arg in call.args)
    return (
        f"op.create_index({name}, {table}, {columns}, unique=True, postgresql_concurrently=True)\n"
        f"op.execute('ALTER TABLE {quoted(one.table)} ADD CONSTRAINT {quoted(one.args[0])} "
        f"UNIQUE USING INDEX {quoted(one.args[0])}')"
    )


def _checked_later(editor: PythonEditor, call: ast.Call, one: Operation) -> str:
    name = one.args[0] if one.args else None
    if not isinstance(name, str) or not one.table:
        raise RefusedError("the constraint has no name by which it could be validated")
    added = _with(editor, call, "postgresql_not_valid=True")
    return (
        f"{added}\nop.execute('ALTER TABLE {quoted(one.table)} VALIDATE CONSTRAINT {quoted(name)}')"
    )


def _not_null(editor: PythonEditor, call: ast.Call, one: Operation) -> str:
    """NOT NULL takes a checked constraint for proof and does not read the table."""
    column = one.args[1] if len(one.args) > 1 else one.given.get("column_name")
    if (
        not isinstance(column, str)
        or not one.table
        or set(one.given) - {"nullable", "existing_type"}
    ):
        raise RefusedError("more than NOT NULL is changed")
    name = f"{one.table.rpartition('.')[2]}_{column}_present"
    table = f"ALTER TABLE {quoted(one.table)}"
    statements = (
        "SET lock_timeout = '5s'",
        f"{table} ADD CONSTRAINT {name} CHECK ({quoted(column)} IS NOT NULL) NOT VALID",
        f"{table} VALIDATE CONSTRAINT {name}",
        "",
        f"{table} DROP CONSTRAINT {name}",
        "RESET lock_timeout",
    )
    own = editor.source_block(editor.statement_of(call))
    return "\n".join(_executed(text) if text else own for text in statements)


def _executed(text: str) -> str:
    """A call that runs a statement, in two lines when it is long."""
    first, word, rest = text.partition(" CHECK ")
    if len(text) < LONG or not rest:
        return f"op.execute({_literal(text)})"
    return f"op.execute(\n    {_literal(first)}\n    {_literal(word + rest)}\n)"


def _literal(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'
