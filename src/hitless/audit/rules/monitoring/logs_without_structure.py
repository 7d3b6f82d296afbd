"""MO05: logs are prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_of
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Persona, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

LIBRARIES = frozenset(("structlog", "python-json-logger", "loguru", "pino", "winston", "bunyan"))


@rule(
    "MO05",
    Category.MONITORING,
    "log aggregation",
    Severity.LOW,
    fix=Fix.REVIEW,
    persona=Persona.PEDANTIC,
)
def logs_without_structure(repository: Repository) -> Iterator[Check]:
    """Logs are prose.

    ## What it does
    Looks for a library or formatter that writes fields, in Python and Node services.

    ## Why it matters
    "Show me the slow requests of that user" is a question that prose cannot answer.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["uvicorn", "app:app", "--host", "0.0.0.0"]
    ```

    ```python title="app.py"
    import logging

    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/orders/{order}")
    def order(order: int) -> int:
        logging.warning("order %s was asked for", order)
        return order
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ```python title="app.py"
    print("serving")
    ```

    ```text title="requirements.txt"
    structlog==25.4
    ```

    ## Fix safety
    Needs review, for the lines look different to whoever reads them. For FastAPI: a module that formats
    every line as JSON, those of uvicorn and gunicorn among them, and the call that turns it on. What
    is printed stays as it is, and so do the lines of a parent process that never sees the code. Code
    that sets handlers itself is left.
    """
    for service in backends(repository):
        code = code_of(repository, service)
        if any(path.endswith((".py", ".js", ".ts")) for path in code):
            declared = any(LIBRARIES & set(one.dependencies) for one in repository.manifests)
            written = any(
                re.search(r"JsonFormatter|JSONFormatter|json\.dumps\(.*(level|message)", text)
                for text in code.values()
            )
            yield verdict(
                service,
                service.key,
                f"{service} logs sentences and no fields",
                ok=declared or written,
            )
