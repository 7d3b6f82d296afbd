"""CP15: an image has no version."""

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


@rule("CP15", Category.ORCHESTRATION, "production profile", Severity.HIGH, fix=Fix.REVIEW)
def mutable_image(repository: Repository) -> Iterator[Check]:
    """An image has no version.

    ## What it does
    Looks for images from elsewhere without a tag, or with one that has no number in it.

    ## Why it matters
    A restart on another day runs another program: a new major version of a database refuses its
    old files.

    ## Bad
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: push
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        services:
          db: {image: "postgres:17.6"}
        steps:
          - run: pytest
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres:17.6
    ```

    ## Fix safety
    Needs review: the version that CI, a Dockerfile or another service names. Compare it with what
    the server runs (docker compose images): a database does not read the files of a newer one.
    Where no file names a version it is refused, for only the server or a registry knows.
    """
    for service in repository.services:
        image = service.node.get("image")
        variable = image is not None and "$" in image.text.rpartition(":")[2]
        if image is not None and not service.is_built and not variable:
            message = f"{service.image} may be another program tomorrow; name a version"
            yield verdict(service, image, message, ok=not is_mutable(service.image))
