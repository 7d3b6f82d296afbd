"""DO06: nobody has written down how to restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import pages
from hitless.audit.application import databases
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

WORDS = r"restore|restoring|recover"


@rule("DO06", Category.DOCUMENTATION, "restore", Severity.MEDIUM, fix=Fix.GENERATE)
def no_restore_page(repository: Repository) -> Iterator[Check]:
    """Nobody has written down how to restore.

    ## What it does
    Looks for a page, or a heading in one, about it.

    ## Why it matters
    The one thing that must not go wrong is then improvised.

    ## Bad
    ```yaml title="compose.yml"
    services:
      db: {image: "postgres:17"}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db: {image: "postgres:17"}
    ```

    ```markdown title="docs/restore.md"
    # Restore

        pg_restore -d shop shop.dump
    ```

    ## Fix safety
    Generated from what this repository has.
    """
    if databases(repository):
        yield pages.told(repository, WORDS, "no page tells how to restore the database")
