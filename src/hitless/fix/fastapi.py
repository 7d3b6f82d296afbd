"""FastAPI applications as fixes meet them: where routes are, and how another one is added."""

from __future__ import annotations

import ast
import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_of
from hitless.documents.paths import joined
from hitless.fix.attempt import attempt
from hitless.fix.edit import RefusedError
from hitless.fix.python_edit import Function, called
from hitless.fix.step import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Action, Step

METHODS = frozenset(("get", "post", "put", "patch", "delete", "head", "options", "websocket"))
MAKES_ONE = r"^(\w+)\s*(?::[^=\n]*)?=\s*(?:fastapi\.)?FastAPI\("


def _mains(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[tuple[str, list[Finding]]]:
    """Each file that makes an application, with the findings about services of its image.

    Findings of services without one come last, with an empty path.
    """
    found: dict[str, list[Finding]] = {}
    services = {one.name: one for one in backends(repository)}
    for finding in findings:
        service = services.get(finding.subject)
        path = main_of(repository, service) if service is not None else ""
        found.setdefault(path, []).append(finding)
    yield from sorted(found.items(), reverse=True)


def in_each_main(
    repository: Repository,
    findings: Sequence[Finding],
    change: Callable[[Repository, str], Iterable[Action]],
) -> Iterator[Step]:
    """A step for each application that the findings are about: ``change`` of its file."""
    for path, mine in _mains(repository, findings):
        if path:
            yield attempt(mine[0].place, partial(change, repository, path))
        for one in mine if not path else ():
            yield Refusal(one.place, f"{one.subject} is no application of FastAPI")


def module_beside(repository: Repository, path: str, name: str) -> str:
    """The path of a new module beside the application's file.

    Raises:
        RefusedError: when it is there already.
    """
    module = joined(posixpath.dirname(path), name)
    if module in repository.known:
        raise RefusedError(f"{module} is there already")
    return module


def main_of(repository: Repository, service: Service) -> str:
    """The file of a service's code that makes an application; empty when none does."""
    code = code_of(repository, service)
    return next((p for p, text in code.items() if re.search(MAKES_ONE, text, re.MULTILINE)), "")


def application(editor: PythonEditor) -> str:
    """The variable that holds the application.

    Raises:
        RefusedError: when there is none.
    """
    found = re.search(MAKES_ONE, editor.text, re.MULTILINE)
    if found is None:
        raise RefusedError(f"{editor.path} makes no application of FastAPI")
    return found[1]


def routes(editor: PythonEditor) -> Iterator[tuple[Function, str, str]]:
    """Each handler with the variable it is registered at, and its path."""
    for one in editor.tree.body:
        for call in one.decorator_list if isinstance(one, Function) else ():
            if not isinstance(call, ast.Call) or called(call) not in METHODS or not call.args:
                continue
            first = call.args[0]
            if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                path = first.value if isinstance(first, ast.Constant) else ""
                yield one, call.func.value.id, str(path)  # type: ignore[misc]  # a function, as was asked


def prefix(editor: PythonEditor) -> str:
    """``/api`` where all routes begin so; the edge passes nothing else to such a service."""
    paths = [path for _, _, path in routes(editor)]
    return "/api" if paths and all(path.startswith("/api/") for path in paths) else ""


def add_route(editor: PythonEditor, code: str) -> None:
    """Put a handler below those that answer one path, above those that answer many."""
    below: ast.stmt | None = None
    for one, _, path in routes(editor):
        if "{" in path:
            break
        below = one
    for made in editor.tree.body:
        value = made.value if isinstance(made, ast.Assign | ast.AnnAssign) else None
        if below is None and isinstance(value, ast.Call) and called(value) == "FastAPI":
            below = made
    if below is None:
        raise RefusedError(f"{editor.path} makes its application inside of a function")
    end = editor.lines_of(below)[1]
    rest = editor.text[end:].replace("\r", "")
    apart = 2 - (len(rest) - len(rest.lstrip("\n"))) if rest.strip() else 0
    editor.after(below, f"\n\n{code}" + "\n" * max(apart, 0))
