"""Alembic's revisions as fixes meet them: operations found again by a finding."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Operation, Revision
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor

# Of Postgres: these cannot be names without quotes.
RESERVED_WORDS = """
    all analyse analyze and any array as asc asymmetric both case cast check collate column
    constraint create current_date current_role current_time current_timestamp current_user
    default deferrable desc distinct do else end except false fetch for foreign from grant group
    having in initially intersect into lateral leading limit localtime localtimestamp not null
    offset on only or order placing primary references returning select session_user some
    symmetric table then to trailing true union unique user using variadic when where window with
"""
RESERVED = frozenset(re.findall(r"\w+", RESERVED_WORDS))
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


def quoted(name: str) -> str:
    """A name as SQL writes it; a schema before it stays apart."""
    plain = re.compile(r"[a-z_][a-z0-9_]*")
    words = name.split(".")
    fine = all(plain.fullmatch(word) and word not in RESERVED for word in words)
    return name if fine else ".".join(f'"{word}"' for word in words)
