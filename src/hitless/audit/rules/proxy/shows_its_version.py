"""NX06: nginx tells everybody its version."""

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


@rule("NX06", Category.SECURITY, "TLS", Severity.LOW, fix=Fix.SAFE)
def shows_its_version(repository: Repository) -> Iterator[Check]:
    """Nginx tells everybody its version.

    ## What it does
    Looks for `server_tokens off`.

    ## Why it matters
    A list of flaws by version is public; there is no reason to help with the first column.

    ## Bad
    ```nginx title="nginx.conf"
    server {
      listen 80;
    }
    ```

    ## Good
    ```nginx title="nginx.conf"
    server {
      listen 80;
      server_tokens off;
    }
    ```

    ## Fix safety
    Safe.
    """
    roots = [
        root
        for root in repository.nginx
        if any(server.own("listen") for server in root.all("server"))
    ]
    told = any("off" in one.args for root in repository.nginx for one in root.all("server_tokens"))
    for root in roots:
        place = next(server for server in root.all("server") if server.own("listen"))
        yield verdict(
            root.path, place, "server_tokens is on: every answer tells nginx's version", ok=told
        )
