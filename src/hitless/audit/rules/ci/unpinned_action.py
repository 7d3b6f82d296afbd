"""CI09: A workflow runs whatever somebody else pushes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

TRUSTED = frozenset(("actions", "github"))


@rule("CI09", Category.CI, "security scan", Severity.HIGH, fix=Fix.SAFE)
def unpinned_action(repository: Repository) -> Iterator[Check]:
    """A workflow runs whatever somebody else pushes.

    ## What it does
    Looks for third-party actions that are not pinned to a commit, and for any action on a
    branch. Actions of GitHub itself may follow a tag.

    ## Why it matters
    A tag of an action can be moved: in 2025 one such change sent the secrets of thousands of
    repositories to their build logs.

    ## Bad
    ```yaml title=".github/workflows/ci.yml"
    on: push
    permissions: {}
    jobs:
      scan:
        runs-on: ubuntu-24.04
        steps:
          - uses: docker/login-action@v4
          - uses: anchore/scan-action@main # of every image
    ```

    ## Good
    ```yaml title=".github/workflows/ci.yml"
    on: push
    permissions: {}
    jobs:
      scan:
        runs-on: ubuntu-24.04
        steps:
          - uses: actions/checkout@v5
          - uses: aquasecurity/trivy-action@b6643a29fecd7f34b3597bc6acb0a98b03d33ff8 # 0.33.1
    ```

    ## Fix safety
    Safe: the commit that was reviewed, from the table in this package, with its tag as a comment.
    An action that is not in the table is left, and so is a tag of another version: it is other code.
    """
    for path, step in pipeline.actions(repository):
        name, _, revision = step.uses.partition("@")
        if step.uses.startswith("./") or (name.startswith("docker://") and "@sha256:" in step.uses):
            continue
        pinned = bool(re.fullmatch(r"[0-9a-f]{40,64}", revision))
        ours = name.partition("/")[0] in TRUSTED and bool(re.match(r"v?\d", revision))
        message = f"{step.uses} may be other code tomorrow; pin it to a commit"
        yield verdict(f"{path} {name}", Place(path, step.line), message, ok=pinned or ours)
