"""NX08: A page answers 200 to every path, also to /metrics and /health."""

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


@rule("NX08", Category.MONITORING, "health endpoints", Severity.MEDIUM, fix=Fix.SAFE)
def page_answers_for_metrics(repository: Repository) -> Iterator[Check]:
    """A page answers 200 to every path, also to /metrics and /health.

    ## What it does
    Looks for single-page servers that fall back to index.html and have no location for
    monitoring paths.

    ## Why it matters
    Whoever asks whether the service is healthy gets a page and believes it.

    ## Bad
    ```nginx title="nginx.conf"
    server {
      root /srv;
      location / { try_files $uri /index.html; }
    }
    ```

    ## Good
    ```nginx title="nginx.conf"
    server {
      root /srv;
      location = /metrics { return 404; }
      location / { try_files $uri /index.html; }
    }
    ```

    ## Fix safety
    Safe.
    """
    for root in repository.nginx:
        for server in root.all("server"):
            pages = [
                one
                for one in server.all("try_files")
                if one.args and one.args[-1].endswith("index.html")
            ]
            if pages:
                named = " ".join(arg for one in server.all("location") for arg in one.args)
                told = bool(re.search(r"metrics|health|ready", named))
                yield verdict(
                    f"{root.path} {server.line}",
                    pages[0],
                    "a page is the answer to /metrics",
                    ok=told,
                )
