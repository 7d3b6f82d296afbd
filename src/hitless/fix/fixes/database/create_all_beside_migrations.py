"""DB03: only migrations make tables."""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError
from hitless.fix.python_files import by_path, edited
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step

MAPPED = r"__tablename__\s*=\s*[\"'](\w+)[\"']"


@fix("DB03")
def create_all_beside_migrations(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Remove the call, with the connection that was opened for it alone."""
    for path, mine in by_path(findings):
        yield edited(repository, mine[0].place, path, partial(_without, repository))


def _without(repository: Repository, editor: PythonEditor) -> None:
    lacking = sorted(_mapped(repository) - _made(repository))
    if lacking:
        raise RefusedError(f"no migration creates {', '.join(lacking)}")
    for one in ast.walk(editor.tree):
        if isinstance(one, ast.Attribute) and one.attr == "create_all":
            _remove(editor, editor.statement_of(one))


def _remove(editor: PythonEditor, statement: ast.stmt) -> None:
    if not isinstance(statement, ast.Expr):
        raise RefusedError(f"line {statement.lineno} of {editor.path} does more than make tables")
    for above in editor.parents(statement):
        if not isinstance(above, ast.With | ast.AsyncWith) or len(above.body) > 1:
            break
        statement = above
    editor.remove(statement)
    for one in ast.walk(statement):
        if isinstance(one, ast.Name):
            editor.forget(one.id)


def _mapped(repository: Repository) -> set[str]:
    return {
        name
        for _, text in repository.code_matching("__tablename__")
        for name in re.findall(MAPPED, text)
    }


def _made(repository: Repository) -> set[str]:
    """Tables that revisions create, those of statements included."""
    found = {one.table for r in repository.revisions for one in r.upgrade}
    texts = "\n".join(one.sql for r in repository.revisions for one in r.upgrade)
    return found | {name.lower() for name in re.findall(r"\b[A-Za-z_]\w*\b", texts)}
