"""CP17: A built image has no version of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.audit.run_lines import is_mutable
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP17", Category.ORCHESTRATION, "zero-downtime readiness", Severity.HIGH, fix=Fix.SAFE)
def built_image_without_version(repository: Repository) -> Iterator[Check]:
    """A built image has no version of its own.

    ## What it does
    Looks for services with `build` whose `image` is missing or has no tag that changes.

    ## Why it matters
    Every build overwrites the one before, so there is nothing to roll back to.

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
        image: example/api:${HITLESS_VERSION:-dev}
    ```

    ## Fix safety
    Safe.
    """
    for service in repository.services:
        if service.is_built:
            written = service.node.say("image")
            last = written.rpartition("/")[2]
            told = "$" in last or (bool(written) and not is_mutable(written))
            message = f"{service} is built without a version, so the build before is overwritten"
            yield verdict(
                service, service.node.key("image" if written else "build"), message, ok=told
            )
