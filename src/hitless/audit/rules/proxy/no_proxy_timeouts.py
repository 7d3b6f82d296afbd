"""NX04: A proxy waits a minute for a service that is gone."""

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

NEEDED = ("proxy_connect_timeout", "proxy_read_timeout")


@rule("NX04", Category.ORCHESTRATION, "zero-downtime readiness", Severity.MEDIUM, fix=Fix.SAFE)
def no_proxy_timeouts(repository: Repository) -> Iterator[Check]:
    """A proxy waits a minute for a service that is gone.

    ## What it does
    Looks for `proxy_connect_timeout` and `proxy_read_timeout` where requests are passed on.

    ## Why it matters
    With the defaults a visitor stares at an empty page for sixty seconds, while the connections
    of others pile up behind.

    ## Bad
    ```nginx title="nginx.conf"
    server {
      location / { proxy_pass $api; }
    }
    ```

    ## Good
    ```nginx title="nginx.conf"
    server {
      proxy_connect_timeout 2s;
      proxy_read_timeout 30s;
      location / { proxy_pass $api; }
    }
    ```

    ## Fix safety
    Safe with a read timeout above the slowest answer: it is set to 30 s, and to an hour in locations
    for sockets.
    """
    for root in repository.nginx:
        for server in root.all("server"):
            passes = list(server.all("proxy_pass"))
            if passes and server.block is not None:
                places = [one.parent or server for one in passes]
                lacking = [n for n in NEEDED if any(place.effective(n) is None for place in places)]
                message = f"{', '.join(lacking)} is not set: the default is 60 s"
                yield verdict(f"{root.path} {server.line}", passes[0], message, ok=not lacking)
