"""SE05: A dependency or image has a known vulnerability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import unchecked
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule(
    "SE05", Category.SECURITY, "vulnerability scan", Severity.HIGH, fix=Fix.NONE, delegate="trivy"
)
def known_vulnerabilities(repository: Repository) -> Iterator[Check]:
    """A dependency or image has a known vulnerability.

    ## What it does
    Needs a scanner with fresh data: trivy, grype or pip-audit. Without one nothing is known,
    and that is what is told.

    ## Why it matters
    Somebody has written down how to break in.

    ## Bad
    ```text title="requirements.txt"
    requests==2.19.0
    ```

    ## Good
    ```text title="requirements.txt"
    requests==2.32.5
    ```

    ## Fix safety
    No edit is offered: an update has to be tested.
    """
    if any(one.dependencies for one in repository.manifests) or repository.dockerfiles:
        yield unchecked("no scanner with data about vulnerabilities was run")
