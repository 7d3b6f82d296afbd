"""CP29: A secret stands in the Compose file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category
from hitless.domain.secrets import is_placeholder, names_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service


@rule("CP29", Category.SECURITY, "secrets", Severity.HIGH, fix=Fix.NONE)
def literal_secret(repository: Repository) -> Iterator[Check]:
    """A secret stands in the Compose file.

    ## What it does
    Looks for passwords, tokens and keys, also inside addresses, that are written out instead of
    filled in.

    ## Why it matters
    Everybody with the repository has it, in every commit since. It cannot differ between
    machines, and is never changed.

    ## Bad
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres:17
        environment: {POSTGRES_PASSWORD: hunter2}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres:17
        environment: {POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?}"}
    ```

    ## Fix safety
    No edit is offered: the secret is known by now, and has to be replaced.
    """
    for service in repository.services:
        yield from each(service, _faults(service))


def _faults(service: Service) -> Iterator[Check]:
    for name, node in service.environment().items():
        address = re.search(r"://[^:/@\s]+:([^@/\s]+)@", node.text)
        value = address[1] if address else node.text if names_secret(name) else ""
        if value and "$" not in value and value.lower() not in ("true", "false", "yes", "no"):
            told = "is written out for everybody to read"
            if is_placeholder(value):
                told = f"is {value!r} as long as nobody changes this file"
            yield failed(service, node, f"{name} of {service} {told}", name)
