"""NX03: security headers are lost in a nested block."""

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


@rule("NX03", Category.SECURITY, "TLS", Severity.MEDIUM, fix=Fix.REVIEW)
def headers_lost(repository: Repository) -> Iterator[Check]:
    """Security headers are lost in a nested block.

    ## What it does
    Looks for blocks with an `add_header` of their own below others.

    ## Why it matters
    nginx inherits all headers or none: one in a location removes every header of the server
    there.

    ## Bad
    ```nginx title="nginx.conf"
    server {
      add_header X-Content-Type-Options nosniff;
      location /assets/ {
        add_header Cache-Control immutable;
      }
    }
    ```

    ## Good
    ```nginx title="nginx.conf"
    server {
      add_header X-Content-Type-Options nosniff;
      location /assets/ {
        add_header X-Content-Type-Options nosniff;
        add_header Cache-Control immutable;
      }
    }
    ```

    ## Fix safety
    Needs review: the headers of the block above are repeated; some locations leave one out on
    purpose.
    """
    for root in repository.nginx:
        for block in root.all("location", "server", "if"):
            own = {one.args[0].lower() for one in block.own("add_header") if one.args}
            above = next((b.own("add_header") for b in block.above() if b.own("add_header")), [])
            if own and above and not block.own("add_header_inherit"):
                lost = sorted(
                    {one.args[0] for one in above if one.args and one.args[0].lower() not in own}
                )
                message = f"{', '.join(lost)} of the block above is not sent from here"
                place = block.own("add_header")[0]
                yield verdict(
                    f"{root.path} {' '.join([block.name, *block.args])}",
                    place,
                    message,
                    ok=not lost,
                )
