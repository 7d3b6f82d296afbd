"""MO07: A running service does not tell its version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_of, code_with
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Confidence, Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

WORDS = ("version", "Version", "release", "Release", "build_info")


@rule(
    "MO07",
    Category.MONITORING,
    "health endpoints",
    Severity.MEDIUM,
    fix=Fix.REVIEW,
    confidence=Confidence.MEDIUM,
)
def version_not_visible(repository: Repository) -> Iterator[Check]:
    """A running service does not tell its version.

    ## What it does
    Looks for an endpoint or a label with the version, in the code and in Compose.

    ## Why it matters
    During a release nobody can say which of two versions gave the answer that was wrong.

    ## Bad
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
    from fastapi import FastAPI

    app = FastAPI()
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
    @app.get("/api/version")
    def version(): ...
    ```

    ## Fix safety
    Needs review: for FastAPI, a path that answers HITLESS_RELEASE as bare text. Who may ask it is
    for the proxy to say.
    """
    for service in backends(repository):
        code = code_of(repository, service)
        labels = service.node.get("labels")
        if code:
            told = any(
                re.search(
                    r"[/\"']version\b|X-Version|x-release|build_info|(settings|config)\.VERSION\b",
                    text,
                    re.IGNORECASE,
                )
                for text in code_with(repository, service, *WORDS).values()
            )
            told |= labels is not None and "version" in " ".join(
                [*labels.fields, *(one.text for one in labels.items)]
            )
            told |= any(
                "image.version" in one.text
                for file in repository.dockerfiles.values()
                for one in file.instructions
            )
            yield verdict(
                service, service.key, f"nothing tells which version of {service} answers", ok=told
            )
