"""MO06: readiness asks the database, and does not wait for it for ever."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_of
from hitless.fix.attempt import attempt
from hitless.fix.edit import Edit, RefusedError
from hitless.fix.fastapi import add_route, routes
from hitless.fix.python_files import edits, module_of
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step

ENGINE = r"^(\w+)\s*(?::[^=\n]*)?=\s*create_async_engine\("
ROUTE = '''async def ask_database() -> None:
    """Raises when the database does not answer."""
    async with {engine}.connect() as connection:
        await connection.execute(text("SELECT 1"))


@{app}.get("{path}")
async def ready(response: Response) -> dict[str, str]:
    """Whether this process can serve; ``health`` only says that it runs."""
    try:
        await asyncio.wait_for(ask_database(), timeout=2)
    except (OSError, SQLAlchemyError, asyncio.TimeoutError):
        response.status_code = 503
        return {{"status": "the database does not answer"}}
    return {{"status": "ready"}}'''


@fix("MO06")
def constant_readiness(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Add a readiness path beside the one that only says that the process runs."""
    done = set()
    for finding in findings:
        path = finding.place.path
        if path not in done:  # services of one image share their code
            done.add(path)
            yield attempt(finding.place, partial(_ready, repository, finding))


def _ready(repository: Repository, finding: Finding) -> list[Edit]:
    """The path, and the healthchecks of Compose that asked the constant one."""
    asked: list[tuple[str, str]] = []
    change = partial(_asking, repository, finding, asked=asked)
    made = edits(repository, finding.place.path, change)
    for service in backends(repository):
        if finding.place.path in code_of(repository, service):
            for node in service.node.nodes("healthcheck", "test"):
                made += _renamed(repository, node, *asked[0])
    return made


def _renamed(repository: Repository, node: Node, old: str, new: str) -> list[Edit]:
    raw = repository.text(node.path)[node.start : node.end]
    found = re.search(rf"(?<=[\w/\]]){re.escape(old)}(?![\w/-])", raw)
    if found is None:
        return []
    return [Edit(node.path, node.start + found.start(), node.start + found.end(), new)]


def _asking(
    repository: Repository,
    finding: Finding,
    editor: PythonEditor,
    *,
    asked: list[tuple[str, str]],
) -> None:
    handlers = [one for one in routes(editor) if one[0].lineno == finding.place.line]
    if not handlers:
        raise RefusedError("the health path is not a handler of FastAPI")
    _, app, path = handlers[0]
    where, engine = _engine(repository, finding)
    ready = f"{path.rpartition('/')[0]}/ready"
    if any(other == ready for _, _, other in routes(editor)):
        raise RefusedError(f"{ready} is there already, and asks nothing")
    asked.append((path, ready))
    add_route(editor, ROUTE.format(engine=engine, app=app, path=ready))
    editor.import_name("asyncio")
    editor.import_name("fastapi", "Response")
    editor.import_name("sqlalchemy", "text")
    editor.import_name("sqlalchemy.exc", "SQLAlchemyError")
    if where != editor.path:
        editor.import_name(module_of(repository, where), engine)


def _engine(repository: Repository, finding: Finding) -> tuple[str, str]:
    """The file that makes the engine, and the engine's name."""
    for service in backends(repository):
        for path, text in code_of(repository, service).items():
            found = re.search(ENGINE, text, re.MULTILINE)
            if found and service.name == finding.subject:
                return path, found[1]
    raise RefusedError("no engine of SQLAlchemy was found that could be asked")
