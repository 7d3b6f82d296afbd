"""DO05: nobody has written down how to go back."""

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

WORDS = r"roll(ing)?[- ]?back|(go|going) back|revert"


@rule("DO05", Category.DOCUMENTATION, "rollback", Severity.MEDIUM, fix=Fix.GENERATE)
def no_rollback_page(repository: Repository) -> Iterator[Check]:
    """Nobody has written down how to go back.

    ## What it does
    Looks for a page, or a heading in one, about it.

    ## Why it matters
    It has to be thought out while users wait.

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

    ```markdown title="docs/rollback.md"
    # Roll back

        hitless rollback
    ```

    ## Fix safety
    Generated from what this repository has.
    """
    if is_deployed(repository) and has_own_code(repository):
        yield pages.told(repository, WORDS, "no page tells how to go back to the release before")
