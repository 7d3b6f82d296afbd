"""DO01: the README does not tell how to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import pages
from hitless.audit.application import has_own_code
from hitless.audit.check import failed, passed, unchecked
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DO01", Category.DOCUMENTATION, "quick start", Severity.MEDIUM, fix=Fix.GENERATE)
def no_quick_start(repository: Repository) -> Iterator[Check]:
    """The README does not tell how to start.

    ## What it does
    Looks for a README with a block of commands, or with a link to a page that has one. A site
    with documentation is not read.

    ## Why it matters
    A new colleague needs an afternoon and somebody else's time.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ```markdown title="README.md"
    # Shop

    A shop.
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ```markdown title="README.md"
    # Shop

    ~~~sh
    docker compose up
    ~~~
    ```

    ## Fix safety
    Generated from what this repository has: Compose files, else a Dockerfile, else packages with
    tests. It goes to the end of a README in Markdown. Where there is none of these, or the README is
    no Markdown, it is refused.
    """
    if has_own_code(repository):
        path = pages.readme(repository)
        if not path:
            yield failed("README", pages.page_anchor(repository), "there is no README")
        elif pages.leads_to_commands(repository, path):
            yield passed("README")
        elif site := pages.elsewhere(repository):
            yield unchecked(f"the documentation at {site} is not read")
        else:
            message = f"{path} shows no command to begin with"
            yield failed("README", Place(path, 1), message)
