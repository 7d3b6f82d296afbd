"""CP26: A service can change its own program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Persona, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule(
    "CP26",
    Category.SECURITY,
    "non-root containers",
    Severity.LOW,
    fix=Fix.REVIEW,
    persona=Persona.PEDANTIC,
)
def writable_root(repository: Repository) -> Iterator[Check]:
    """A service can change its own program.

    ## What it does
    Looks for `read_only` on the project's own services.

    ## Why it matters
    An intruder can leave something behind in the container, and so can a mistake.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        build: .
        read_only: true
        tmpfs: [/tmp]
    ```

    ## Fix safety
    Needs review: every folder that is written to needs a tmpfs or a volume.
    """
    for service in long_running(repository):
        if service.is_built:
            node = service.node.get("read_only")
            told = node is not None and node.is_true
            yield verdict(
                service,
                service.key,
                f"the files of {service} can be changed while it runs",
                ok=told,
            )
