"""DO03: nobody knows which variables to set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import pages
from hitless.audit.check import passed
from hitless.audit.images import is_application
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

WORDS = r"env(ironment)?[- ]|configur|variables|settings"


@rule("DO03", Category.DOCUMENTATION, "environment reference", Severity.MEDIUM, fix=Fix.GENERATE)
def no_environment_reference(repository: Repository) -> Iterator[Check]:
    """Nobody knows which variables to set.

    ## What it does
    Looks for a page, or a heading in one, about it. An example env file will do as well.

    ## Why it matters
    A server is set up by copying the variables of another, with its secrets.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: ., environment: {PAGE_SIZE: "20"}}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: ., environment: {PAGE_SIZE: "20"}}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ```text title=".env.example"
    # How many rows a page has.
    PAGE_SIZE=20
    ```

    ## Fix safety
    Generated from what this repository has.
    """
    if any(_takes_variables(one) for one in repository.services):
        if repository.env_examples:
            yield passed("documentation")
        else:
            message = "no page or example file tells which variables there are"
            yield pages.told(repository, WORDS, message)


def _takes_variables(service: Service) -> bool:
    """Somebody sets something for it; values that stand in the Compose file are set already."""
    filled = any("$" in node.text.replace("$$", "") for node in service.environment().values())
    own = is_application(service) and bool(service.environment())
    return own or filled or bool(service.env_files())
