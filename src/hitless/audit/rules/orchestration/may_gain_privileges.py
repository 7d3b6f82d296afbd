"""CP24: A process may gain rights that it was not started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP24", Category.SECURITY, "non-root containers", Severity.MEDIUM, fix=Fix.SAFE)
def may_gain_privileges(repository: Repository) -> Iterator[Check]:
    """A process may gain rights that it was not started with.

    ## What it does
    Looks for `no-new-privileges` on the project's own services.

    ## Why it matters
    A program with the setuid bit, in any layer of the image, makes an intruder root in the
    container.

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
        security_opt: ["no-new-privileges:true"]
    ```

    ## Fix safety
    Safe unless the image uses sudo or a setuid program.
    """
    for service in long_running(repository):
        if service.is_built:
            told = any(
                text.startswith("no-new-privileges") and "false" not in text
                for text in service.node.texts("security_opt")
            )
            yield verdict(
                service,
                service.key,
                f"{service} may gain privileges; set no-new-privileges",
                ok=told,
            )
