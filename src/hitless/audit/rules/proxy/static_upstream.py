"""NX01: nginx remembers an address that a new container does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import failed, passed, verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("NX01", Category.ORCHESTRATION, "zero-downtime readiness", Severity.HIGH, fix=Fix.REVIEW)
def static_upstream(repository: Repository) -> Iterator[Check]:
    """Nginx remembers an address that a new container does not have.

    ## What it does
    Looks for `proxy_pass` and `upstream` with the literal name of a service of the project.

    ## Why it matters
    nginx looks the name up once, when it starts. A container that is made anew has another
    address: 502 until somebody reloads nginx, and no second slot to switch to.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```nginx title="nginx/default.conf"
    server {
      listen 80;
      location / { proxy_pass http://api:8000; }
    }
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```nginx title="nginx/default.conf"
    server {
      listen 80;
      resolver 127.0.0.11 valid=1s;
      set $api http://api:8000;
      location / { proxy_pass $api; }
    }
    ```

    ## Fix safety
    Needs review: an upstream of one server becomes a variable, with Docker's resolver. What an
    address changes about the path becomes a `rewrite`. Upstreams that balance, and locations by
    expression that change the path, are refused.
    """
    names = {one.name for one in repository.services}
    blocks = {arg for root in repository.nginx for one in root.all("upstream") for arg in one.args}
    for root in repository.nginx:
        for one in root.all("proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass"):
            target = re.sub(r"^\w+://", "", one.args[0] if one.args else "")
            if target.startswith("$"):
                yield passed(f"{root.path} {target}")
            elif re.split(r"[:/]", target)[0] in names - blocks:  # an upstream is told where it is
                message = f"{target} is looked up once; use a variable and a resolver"
                yield failed(f"{root.path} {target}", one, message, target)
        for upstream in root.all("upstream"):
            for one in upstream.own("server"):
                name = re.split(r":", one.args[0])[0] if one.args else ""
                if name in names:
                    message = f"server {name} is looked up once; add resolve, or use a variable"
                    yield verdict(
                        f"{root.path} upstream {name}", one, message, ok="resolve" in one.args
                    )
