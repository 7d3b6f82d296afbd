"""DO04: nobody has written down how to deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import pages
from hitless.audit.application import has_own_code, is_deployed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

WORDS = r"deploy|releases?|releasing|production|install|host(ed|ing)|docker|kubernetes"


@rule("DO04", Category.DOCUMENTATION, "deploy", Severity.MEDIUM, fix=Fix.GENERATE)
def no_deploy_page(repository: Repository) -> Iterator[Check]:
    """Nobody has written down how to deploy.

    ## What it does
    Looks for a page, or a heading in one, about it.

    ## Why it matters
    When the one who knows is ill, there is no release.

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

    ```markdown title="docs/deploy.md"
    # Deploy

        hitless deploy
    ```

    ## Fix safety
    Generated from what this repository has.
    """
    if is_deployed(repository) and has_own_code(repository):
        yield pages.told(repository, WORDS, "no page tells how to deploy")
