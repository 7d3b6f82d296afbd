"""CI06: an image tag is empty on some events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CI06", Category.CI, "build", Severity.MEDIUM, fix=Fix.SAFE)
def empty_image_tag(repository: Repository) -> Iterator[Check]:
    """An image tag is empty on some events.

    ## What it does
    Reads the templates of docker/metadata-action against the events of the workflow.

    ## Why it matters
    `{{branch}}` is empty on pull requests and tags: the push fails with an invalid name, on the
    day of the release.

    ## Bad
    ```yaml title=".github/workflows/build.yml"
    on: {push: {tags: ["v*"]}, pull_request: }
    permissions: {}
    jobs:
      build:
        runs-on: ubuntu-24.04
        steps:
          - uses: docker/metadata-action@902fa8ec7d6ecbf8d84d538b9b233a880e428804
            with:
              tags: type=sha,prefix={{branch}}-
    ```

    ## Good
    ```yaml title=".github/workflows/build.yml"
    on: {push: {tags: ["v*"]}, pull_request: }
    permissions: {}
    jobs:
      build:
        runs-on: ubuntu-24.04
        steps:
          - uses: docker/metadata-action@902fa8ec7d6ecbf8d84d538b9b233a880e428804
            with:
              tags: |
                type=sha
                type=semver,pattern={{version}}
    ```

    ## Fix safety
    Safe: the part with the branch is taken out of the template.
    """
    for file in repository.workflows:
        for step in file.steps():
            if "metadata-action" in step.uses:
                node = step.node.get("with", "tags") or step.node
                bad = [
                    row.strip()
                    for row in step.given("tags").splitlines()
                    if re.search(r"(prefix|suffix)=[^,]*\{\{\s*branch", row)
                ]
                message = f"{bad[0] if bad else ''} begins with nothing on pull requests and tags"
                yield verdict(f"{file.path} {step.line}", node, message, ok=not bad)
