"""DB07: what a revision does is undone by its downgrade, types included."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError
from hitless.fix.python_files import edited
from hitless.fix.registry import fix
from hitless.fix.revisions import function
from hitless.fix.step import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Operation, Revision
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step

CONSTRAINTS = frozenset(
    (
        "create_unique_constraint",
        "create_check_constraint",
        "create_foreign_key",
        "create_primary_key",
        "create_exclude_constraint",
    )
)


@fix("DB07")
def no_way_back(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Write the opposites in reverse order, and drop the types that are left."""
    for finding in findings:
        if finding.subject == "heads":
            yield Refusal(finding.place, "only the team knows in which order its branches apply")
            continue
        revision = next(one for one in repository.revisions if one.path == finding.place.path)
        if finding.value == "type":
            names = finding.message.removeprefix("type ").partition(" stays")[0].split(", ")
            change = partial(_drop_types, names=names)
        else:
            change = partial(_opposites, revision=revision)
        yield edited(repository, finding.place, revision.path, change)


def _drop_types(editor: PythonEditor, names: list[str]) -> None:
    down = function(editor, "downgrade")
    if down is not None:
        drops = (f'op.execute("DROP TYPE IF EXISTS {name}")' for name in names)
        editor.after(down.body[-1], "\n".join(drops))


def _opposites(editor: PythonEditor, revision: Revision) -> None:
    lines = "\n".join(_opposite(one) for one in reversed(revision.upgrade))
    down, up = function(editor, "downgrade"), function(editor, "upgrade")
    if down is None and up is not None:
        body = "\n".join(f"    {line}" for line in lines.split("\n"))
        editor.after(up, f"\n\ndef downgrade() -> None:\n{body}")
    elif down is not None:
        kept = [one for one in down.body if not isinstance(one, ast.Pass | ast.Raise)]
        if kept and not isinstance(kept[-1], ast.Expr):
            raise RefusedError("the downgrade does something already")
        last = down.body[-1]
        if isinstance(last, ast.Pass | ast.Raise):
            editor.instead(last, lines)
        else:
            editor.after(last, lines)


def _opposite(one: Operation) -> str:
    """The call that undoes another."""
    table, name = one.table, one.args[0] if one.args else None
    if one.name == "create_table" and table:
        return f'op.drop_table("{table}")'
    if one.name == "add_column" and table:
        return f'op.drop_column("{table}", "{_column(one.call)}")'
    if one.name == "create_index" and table and isinstance(name, str):
        concurrently = ", postgresql_concurrently=True"
        if not one.given.get("postgresql_concurrently"):
            return f'op.drop_index("{name}", table_name="{table}")'
        return (
            "with op.get_context().autocommit_block():\n"
            f'    op.drop_index("{name}", table_name="{table}"{concurrently})'
        )
    if one.name in CONSTRAINTS and table and isinstance(name, str):
        return f'op.drop_constraint("{name}", "{table}")'
    if one.name == "rename_table" and len(one.args) > 1:
        return f'op.rename_table("{one.args[1]}", "{name}")'
    raise RefusedError(f"{one.name} cannot be taken back from what is written here")


def _column(call: ast.Call) -> str:
    for one in call.args[1:2]:
        first = one.args[0] if isinstance(one, ast.Call) and one.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
    raise RefusedError("the name of an added column cannot be read")
