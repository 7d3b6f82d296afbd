"""CP28: A service gets secrets that are none of its business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.images import known
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP28", Category.SECURITY, "secrets", Severity.HIGH, fix=Fix.REVIEW)
def whole_env_file(repository: Repository) -> Iterator[Check]:
    """A service gets secrets that are none of its business.

    ## What it does
    Looks for env files given to images from elsewhere, and for one env file given to a service
    that needs few of its values.

    ## Why it matters
    The database container then holds the tokens of the payment provider: one leak, all secrets.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: ., env_file: .env}
      db: {image: "postgres:17", env_file: .env}
    ```

    ```text title=".env.example"
    POSTGRES_PASSWORD=
    STRIPE_KEY=
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: ., env_file: .env}
      db: {image: "postgres:17", environment: {POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?}"}}
    ```

    ```text title=".env.example"
    POSTGRES_PASSWORD=
    STRIPE_KEY=
    ```

    ## Fix safety
    Needs review: name the values that the image reads.
    """
    for service in repository.services:
        shared = {
            one.text
            for other in service.project.services.values()
            if other is not service
            for one in other.env_files()
        }
        for node in service.env_files():
            foreign = known(service) is not None and node.text in shared
            message = (
                f"{service} gets everything in {node.text}, which is also that of other services"
            )
            yield verdict(f"{service} {node.text}", node, message, ok=not foreign)
