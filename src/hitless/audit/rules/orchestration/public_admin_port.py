"""CP11: an administration or monitoring page is open to everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.images import MONITORING_PORTS, is_data, kind
from hitless.audit.registry import rule
from hitless.documents.yaml_tree import as_map
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.documents.yaml_tree import Node

ROUTE = r"^traefik\.https?\.routers\.[^.]+\.rule$"


@rule("CP11", Category.ORCHESTRATION, "network isolation", Severity.HIGH, fix=Fix.SAFE)
def public_admin_port(repository: Repository) -> Iterator[Check]:
    """An administration or monitoring page is open to everybody.

    ## What it does
    Looks for published ports of admin and monitoring images, for monitoring ports of other
    services, and for such an image that a proxy offers by its labels, without asking who it is.

    ## Why it matters
    They show what runs inside, often without a password, and some of them can change it.

    ## Bad
    ```yaml title="compose.yml"
    services:
      broker:
        image: nats:2.10
        ports: ["8222:8222"]
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      broker:
        image: nats:2.10
        ports: ["127.0.0.1:8222:8222"]
    ```

    ## Fix safety
    Safe: reach it by a tunnel, or through the proxy with a password.
    """
    for service in repository.services:
        watched = kind(service) in ("admin", "monitoring")
        if watched or is_data(service):
            yield from each(service, _faults(service, watched=watched))


def _faults(service: Service, *, watched: bool) -> Iterator[Check]:
    for port in service.ports():
        if port.is_public and (watched or port.target in MONITORING_PORTS):
            message = (
                f"{service} shows its inside to every address, port {port.published or port.target}"
            )
            yield failed(service, port.node, message, port.target)
    routes = [node for name, node in _labels(service) if re.search(ROUTE, name)] if watched else []
    guarded = any("middlewares" in name for name, _ in _labels(service))
    if routes and not guarded:
        message = f"the proxy offers {service} to everybody, and asks for no password"
        yield failed(service, routes[0], message, "route")


def _labels(service: Service) -> list[tuple[str, Node]]:
    labels = service.node.get("labels")
    return list(as_map(labels).fields.items()) if labels is not None else []
