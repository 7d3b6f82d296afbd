"""NX05: webSockets are passed on without their upgrade."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("NX05", Category.ORCHESTRATION, "zero-downtime readiness", Severity.LOW, fix=Fix.SAFE)
def websocket_without_upgrade(repository: Repository) -> Iterator[Check]:
    """WebSockets are passed on without their upgrade.

    ## What it does
    Looks for locations named after sockets that do not pass the Upgrade header on.

    ## Why it matters
    The browser never gets its socket and falls back to asking again and again, or to nothing.

    ## Bad
    ```nginx title="nginx.conf"
    server {
      location /ws { proxy_pass $api; }
    }
    ```

    ## Good
    ```nginx title="nginx.conf"
    server {
      location /ws {
        proxy_pass $api;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
      }
    }
    ```

    ## Fix safety
    Safe: the two headers are sent, together with those of the block above that they would hide.
    """
    for root in repository.nginx:
        for place in root.all("location"):
            if re.search(r"\bws\b|socket", " ".join(place.args)) and list(place.all("proxy_pass")):
                levels = [place, *place.above()]
                found = next(
                    (one.own("proxy_set_header") for one in levels if one.own("proxy_set_header")),
                    [],
                )
                sent = any("upgrade" in [arg.lower() for arg in one.args[:1]] for one in found)
                yield verdict(
                    f"{root.path} {' '.join(place.args)}",
                    place,
                    "the Upgrade header is not passed on",
                    ok=sent,
                )
