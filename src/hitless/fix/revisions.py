"""Alembic's revisions as fixes meet them: operations found again by a finding."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Operation, Revision
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor

Found = tuple["Finding", "Revision", "Operation"]


def operations(repository: Repository, findings: Sequence[Finding]) -> Iterator[Found]:
    """Each finding with its revision and the operation on its line."""
    for finding in findings:
        for revision in repository.revisions:
            for one in revision.upgrade if revision.path == finding.place.path else ():
                if one.line == finding.place.line:
                    yield finding, revision, one


def statement(editor: PythonEditor, one: Operation) -> ast.stmt:
    """The statement that is nothing but an operation.

    Raises:
        RefusedError: when it is more, or belongs to a batch.
    """
    call = editor.same(one.call)
    found = editor.statement_of(call)
    if not isinstance(found, ast.Expr) or found.value is not call:
        raise RefusedError(f"line {one.line} of {editor.path} is more than an operation")
    function = one.call.func
    base = function.value if isinstance(function, ast.Attribute) else None
    if not isinstance(base, ast.Name) or base.id != "op":
        raise RefusedError(f"line {one.line} of {editor.path} belongs to a batch")
    return found


def function(editor: PythonEditor, name: str) -> ast.FunctionDef | None:
    """``upgrade`` or ``downgrade``."""
    found = (one for one in editor.tree.body if isinstance(one, ast.FunctionDef))
    return next((one for one in found if one.name == name), None)


def deeper(text: str) -> str:
    """Lines one level further in."""
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))
