"""DO07: A page tells to migrate after the database was stopped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import pages
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DO07", Category.DOCUMENTATION, "deploy", Severity.HIGH, fix=Fix.NONE)
def page_migrates_without_database(repository: Repository) -> Iterator[Check]:
    """A page tells to migrate after the database was stopped.

    ## What it does
    Reads the commands of documentation pages in order.

    ## Why it matters
    Whoever follows the page is in the middle of a release with an error, and everything is
    down.

    ## Bad
    ```markdown title="README.md"
    # Deploy

    ~~~sh
    docker compose down
    docker compose exec api alembic upgrade head
    docker compose up -d
    ~~~
    ```

    ## Good
    ```markdown title="README.md"
    # Deploy

    ~~~sh
    docker compose run --rm migrate alembic upgrade head
    docker compose up -d
    ~~~
    ```

    ## Fix safety
    No edit is offered: the order has to be tried.
    """
    for path, text in repository.pages.items():
        stopped = 0
        for number, line in pages.commands(text) if "docker" in text else ():
            if re.search(r"docker[ -]compose\b.*\b(down|stop)\b", line):
                stopped = number
            elif re.search(r"docker[ -]compose\b.*\b(up|start)\b", line):
                stopped = 0
            if re.search(r"alembic\b.*upgrade|manage\.py migrate", line) and "docker" in line:
                ran = "compose run" not in line
                message = f"the database was stopped on line {stopped}"
                yield verdict(path, Place(path, number), message, ok=not (stopped and ran))
