"""CP32: A variable of the build is set where it does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

PREFIXES = ("VITE_", "NEXT_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "GATSBY_")


@rule("CP32", Category.ORCHESTRATION, "production profile", Severity.MEDIUM, fix=Fix.REVIEW)
def build_variable_at_run_time(repository: Repository) -> Iterator[Check]:
    """A variable of the build is set where it does nothing.

    ## What it does
    Looks for variables that bundlers fill in while they build (VITE_, NEXT_PUBLIC_, REACT_APP_,
    NUXT_PUBLIC_) in the environment of a service.

    ## Why it matters
    The bundle keeps the value it was built with, usually the developer's; the setting on the
    server is believed and ignored.

    ## Bad
    ```yaml title="compose.yml"
    services:
      web: {build: ., environment: {VITE_API_URL: "https://shop.example"}}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      web: {build: {context: ., args: {VITE_API_URL: "https://shop.example"}}, environment: {TZ: UTC}}
    ```

    ## Fix safety
    Needs review: a build argument, or a file that the page reads at its start.
    """
    for service in repository.services:
        environment = service.environment()
        if service.is_built and environment:
            fixed = [name for name in environment if name.startswith(PREFIXES)]
            place = environment[fixed[0]] if fixed else service.key
            message = f"{', '.join(fixed)} of {service}: fixed when the bundle was built"
            yield verdict(service, place, message, ok=not fixed)
