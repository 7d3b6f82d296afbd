"""MO07: a service says which release it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.fastapi import add_route, application, in_each_main, prefix
from hitless.fix.python_files import edits
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step

ROUTE = '''@{app}.get("{prefix}/version", response_class=PlainTextResponse)
async def version() -> str:
    """The release that answers, as bare text: a shell can compare it."""
    return os.environ.get("HITLESS_RELEASE", "unreleased")'''


@fix("MO07")
def version_not_visible(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Answer it at a path of its own, from the environment."""
    yield from in_each_main(repository, findings, _telling)


def _telling(repository: Repository, path: str) -> list[Edit]:
    return edits(repository, path, _told)


def _told(editor: PythonEditor) -> None:
    add_route(editor, ROUTE.format(app=application(editor), prefix=prefix(editor)))
    editor.import_name("os")
    editor.import_name("fastapi.responses", "PlainTextResponse")
