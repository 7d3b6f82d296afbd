"""RE01: A file cannot be read as what its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import failed, passed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("RE01", Category.DOCUMENTATION, "", Severity.HIGH, fix=Fix.NONE)
def unreadable_file(repository: Repository) -> Iterator[Check]:
    """A file cannot be read as what its name says.

    ## What it does
    Reads every Compose file, Dockerfile, workflow, nginx file, revision and manifest.

    ## Why it matters
    The tool that the file is for refuses it as well; and what was not read was not checked.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {image: [
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {image: "example/api:1.0"}
    ```

    ## Fix safety
    No edit is offered.
    """
    problems = repository.unreadable()
    for one in problems:
        yield failed(one.path, one, one.problem, one.problem)
    if not problems and (repository.projects or repository.dockerfiles or repository.pipelines):
        yield passed("repository")
