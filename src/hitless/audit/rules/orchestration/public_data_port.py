"""CP10: A database or broker can be reached from the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.images import MONITORING_PORTS, is_data
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service


@rule("CP10", Category.ORCHESTRATION, "network isolation", Severity.CRITICAL, fix=Fix.SAFE)
def public_data_port(repository: Repository) -> Iterator[Check]:
    """A database or broker can be reached from the internet.

    ## What it does
    Looks for published ports of data services that are not bound to the loopback address.

    ## Why it matters
    Docker opens published ports past the firewall. Bots find an open database within hours.

    ## Bad
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres:17
        ports: ["5432:5432"]
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres:17
        ports: ["127.0.0.1:5432:5432"]
    ```

    ## Fix safety
    Safe: services of the project reach it by its name, a person by a tunnel.
    """
    for service in repository.services:
        if is_data(service):
            yield from each(service, _faults(service))


def _faults(service: Service) -> Iterator[Check]:
    for port in service.ports():
        if port.is_public and port.target not in MONITORING_PORTS:
            message = f"{service} listens on every address of the machine, port {port.published or port.target}"
            yield failed(service, port.node, message, port.target)
