"""DO02: A page names a command or port that does not exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import pages
from hitless.audit.check import verdict
from hitless.audit.layout import COMPOSE
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DO02", Category.DOCUMENTATION, "quick start", Severity.MEDIUM, fix=Fix.NONE)
def page_tells_otherwise(repository: Repository) -> Iterator[Check]:
    """A page names a command or port that does not exist.

    ## What it does
    Compares make and just targets, package scripts and local addresses in the README with the
    files.

    ## Why it matters
    The first thing a new reader tries fails.

    ## Bad
    ```markdown title="README.md"
    # Shop

    ~~~sh
    make start
    ~~~
    ```

    ```text title="Makefile"
    run:
        docker compose up
    ```

    ## Good
    ```markdown title="README.md"
    # Shop

    ~~~sh
    make run
    ~~~
    ```

    ```text title="Makefile"
    run:
        docker compose up
    ```

    ## Fix safety
    No edit is offered: which of the two is right cannot be known.
    """
    path = pages.readme(repository)
    known = repository.targets()
    for number, line in pages.commands(repository.text(path)):
        for found in re.finditer(r"(?:^|&&\s*)(make|just)\s+([A-Za-z][\w.-]*)(?=\s|$)", line):
            if known:
                message = f"{found[0].strip()} does not exist"
                yield verdict(
                    f"{found[1]} {found[2]}", Place(path, number), message, ok=found[2] in known
                )
        for found in re.finditer(r"(?:^|&&\s*)(?:npm|pnpm|yarn)\s+run\s+([\w:.-]+)", line):
            scripts = {name for one in repository.manifests for name in one.scripts}
            yield verdict(
                found[0],
                Place(path, number),
                f"{found[0].strip()} does not exist",
                ok=found[1] in scripts,
            )
    yield from _addresses(repository, path)


def _addresses(repository: Repository, path: str) -> Iterator[Check]:
    published = {port.published for one in repository.services for port in one.ports()}
    if not published or any("-" in one or not one for one in published):
        return
    compose = [p for p in repository.paths if re.match(COMPOSE, p.rpartition("/")[2])]
    others = ("Makefile", "package.json", *compose)  # also those that only developers start
    for number, line in enumerate(repository.text(path).splitlines(), 1):
        for port in re.findall(r"https?://(?:localhost|127\.0\.0\.1):(\d+)", line):
            message = f"nothing is published on port {port}"
            used = port in published or any(port in repository.text(one) for one in others)
            yield verdict(f"port {port}", Place(path, number), message, ok=used)
