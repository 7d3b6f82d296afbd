"""CP12: the application can be reached past its proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.images import is_application, kind
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP12", Category.ORCHESTRATION, "network isolation", Severity.HIGH, fix=Fix.SAFE)
def port_bypasses_proxy(repository: Repository) -> Iterator[Check]:
    """The application can be reached past its proxy.

    ## What it does
    Looks for public ports of the project's own services beside a proxy that publishes one.

    ## Why it matters
    TLS, limits and headers of the proxy do not hold on the other port, and during a release
    requests there get no answer.

    ## Bad
    ```yaml title="compose.yml"
    services:
      nginx:
        image: nginx:1.27
        ports: ["80:80"]
        volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
      api:
        build: .
        ports: ["8000:8000"]
    ```

    ```nginx title="nginx.conf"
    events {}
    http { server { listen 80; location / { proxy_pass http://api:8000; } } }
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      nginx:
        image: nginx:1.27
        ports: ["80:80"]
        volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
      api:
        build: .
        expose: ["8000"]
    ```

    ```nginx title="nginx.conf"
    events {}
    http { server { listen 80; location / { proxy_pass http://api:8000; } } }
    ```

    ## Fix safety
    Safe where the proxy is known to lead to the service, which it reaches by its name.
    """
    for project in repository.projects:
        services = project.services.values()
        proxies = [one for one in services if kind(one) == "proxy" and one.ports()]
        for service in services:
            if proxies and is_application(service) and not service.is_for_development:
                open_ones = [port for port in service.ports() if port.is_public]
                place = open_ones[0].node if open_ones else service.key
                numbers = ", ".join(port.published for port in open_ones)
                message = f"{service} is published on {numbers}, past {proxies[0]}"
                yield verdict(service, place, message, ok=not open_ones)
