"""DB10: pools as small as two slots together need them."""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_of
from hitless.fix.edit import RefusedError
from hitless.fix.python_files import edited
from hitless.fix.registry import fix
from hitless.fix.step import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step

ENGINES = ("create_engine", "create_async_engine")
SQLALCHEMYS = 15  # its pool of 5 and overflow of 10
LARGEST, RESERVE = 5, 10


@fix("DB10")
def too_many_connections(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Set the pool where the engine is made; a session maker takes no such argument."""
    for finding in findings:
        size = _size(finding.message)
        paths = _paths(repository, finding)
        if size < 1 or not paths:
            yield Refusal(finding.place, "there are too many processes for the smallest pool")
        for path in paths if size else ():
            yield edited(repository, finding.place, path, partial(_pooled, size=size))


def _size(message: str) -> int:
    """The pool with which the sum stays below the limit; 0 when none does."""
    found = re.search(r"may open (\d+) connections.* takes (\d+)", message)
    if found is None:
        return 0
    processes = int(found[1]) // SQLALCHEMYS
    return min(LARGEST, (int(found[2]) - RESERVE) // max(processes, 1))


def _paths(repository: Repository, finding: Finding) -> list[str]:
    """Where engines of the database's users are made, before migrations' own."""
    found: dict[str, None] = {}
    for service in backends(repository):
        if f"{service.name} " in finding.message:
            for path, text in code_of(repository, service).items():
                if re.search(r"create_(async_)?engine\(", text) and path.endswith(".py"):
                    found.setdefault(path)
    return list(found)


def _pooled(editor: PythonEditor, size: int) -> None:
    calls = list(editor.calls(*ENGINES))
    for call in calls:
        given = {one.arg for one in call.keywords}
        if None in given or {"pool_size", "max_overflow", "poolclass"} & given:
            raise RefusedError(f"{editor.path} sets a pool of its own already")
        ping = "" if "pool_pre_ping" in given else ", pool_pre_ping=True"
        editor.with_keywords(call, f"pool_size={size}, max_overflow=0{ping}")
    if not calls or not all(isinstance(call, ast.Call) for call in calls):
        raise RefusedError(f"{editor.path} makes its engine in an unusual way")
