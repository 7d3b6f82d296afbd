"""MO06: readiness does not ask what the service needs."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_with, uses_data
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.alembic import syntax
from hitless.domain.errors import DocumentInvalid
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

PATHS = r"/(?:\w+/)*(?:health|healthz|ready|readyz|readiness|live|livez|status)/?"

WORDS = ("/health", "/ready", "/readi", "/live", "/status")


@rule("MO06", Category.MONITORING, "health endpoints", Severity.MEDIUM, fix=Fix.REVIEW)
def constant_readiness(repository: Repository) -> Iterator[Check]:
    """Readiness does not ask what the service needs.

    ## What it does
    Reads the handlers of paths such as /health and /ready in Python services, without importing
    them. Paths that only the process should answer, such as /live, may be constant as long as
    another one is not.

    ## Why it matters
    A release that cannot reach its database is called ready, gets all traffic, and answers
    every request with 500.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: .}
      db: {image: "postgres:17"}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ```python title="app.py"
    app = FastAPI()
    engine = create_async_engine(URL)


    @app.get("/api/health")
    def health():
        return {"status": "ok"}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: .}
      db: {image: "postgres:17"}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ```python title="app.py"
    @app.get("/api/ready")
    async def ready():
        await database.execute("SELECT 1")
        return {"status": "ok"}
    ```

    ## Fix safety
    Needs review: for FastAPI with an asynchronous engine of SQLAlchemy, a path `/ready` beside the
    constant one, which asks the database for at most two seconds. Other dependencies are yours to
    add. The constant path stays, to tell that the process lives; healthchecks of Compose that
    asked it ask the new one, because others wait for them.
    """
    for service in backends(repository):
        if not uses_data(service):
            continue
        handlers = [
            one
            for path, text in code_with(repository, service, *WORDS).items()
            for one in _handlers(path, text)
        ]
        if handlers:
            place = next((place for place, constant in handlers if constant), handlers[0][0])
            message = "every health path answers the same whatever happens to the database"
            yield verdict(service, place, message, ok=not all(constant for _, constant in handlers))


def _handlers(path: str, text: str) -> Iterator[tuple[Place, bool]]:
    """Handlers of health paths, and whether each is constant."""
    if not path.endswith(".py") or not re.search(rf"[\"']{PATHS}[\"']", text):
        return
    try:
        tree = syntax(text, path)
    except DocumentInvalid:  # not this rule's business: the program itself would not start
        return
    for one in ast.walk(tree):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and _is_for_health(one):
            yield (
                Place(path, one.lineno),
                not any(isinstance(n, ast.Call | ast.Await) for n in _body(one)),
            )


def _is_for_health(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for one in function.decorator_list:
        args = one.args[:1] if isinstance(one, ast.Call) else []
        for arg in args:
            if isinstance(arg, ast.Constant) and re.fullmatch(PATHS, str(arg.value)):
                return True
    return False


def _body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    for statement in function.body:
        yield from ast.walk(statement)
