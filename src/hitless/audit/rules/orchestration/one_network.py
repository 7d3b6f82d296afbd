"""CP20: the proxy and the database share a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.images import is_data, kind
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP20", Category.ORCHESTRATION, "network isolation", Severity.MEDIUM, fix=Fix.REVIEW)
def one_network(repository: Repository) -> Iterator[Check]:
    """The proxy and the database share a network.

    ## What it does
    Looks at the networks of what publishes ports and of what keeps data.

    ## Why it matters
    Whoever takes over the one part that faces the internet can talk to the database directly.

    ## Bad
    ```yaml title="compose.yml"
    services:
      nginx: {image: "nginx:1.27", ports: ["80:80"]}
      api: {build: .}
      db: {image: "postgres:17"}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      nginx: {image: "nginx:1.27", ports: ["80:80"], networks: [edge]}
      api: {build: ., networks: [edge, back]}
      db: {image: "postgres:17", networks: [back]}
    networks: {edge: , back: }
    ```

    ## Fix safety
    Needs review: a service that talks to both needs both networks.
    """
    for project in repository.projects:
        services = project.services.values()
        fronts = [one for one in services if kind(one) == "proxy" and one.ports()]
        for service in services:
            if is_data(service) and fronts:
                shared = next((f for f in fronts if f.networks() & service.networks()), None)
                message = f"{service} can be reached from {shared}, which faces users"
                yield verdict(service, service.key, message, ok=shared is None)
