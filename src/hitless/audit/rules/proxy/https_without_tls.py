"""NX02: HTTPS is published, but nothing speaks TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import each, failed, verdict
from hitless.audit.images import kind, short
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.nginx import Directive


@rule("NX02", Category.SECURITY, "TLS", Severity.HIGH, fix=Fix.SAFE)
def https_without_tls(repository: Repository) -> Iterator[Check]:
    """HTTPS is published, but nothing speaks TLS.

    ## What it does
    Looks for a published port 443 without a TLS listener, and for TLS servers without redirect
    from HTTP and without HSTS.

    ## Why it matters
    Visitors get a connection error, or passwords go over the network in clear because nothing
    sends browsers to HTTPS.

    ## Bad
    ```yaml title="compose.yml"
    services:
      nginx: {image: "nginx:1.27", ports: ["80:80", "443:443"]}
    ```

    ```nginx title="nginx/default.conf"
    server {
      listen 80;
      root /srv;
    }
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      nginx: {image: "nginx:1.27", ports: ["80:80", "443:443"]}
    ```

    ```nginx title="nginx/default.conf"
    server {
      listen 80;
      return 301 https://$host$request_uri;
    }
    server {
      listen 443 ssl;
      add_header Strict-Transport-Security max-age=31536000 always;
      root /srv;
    }
    ```

    ## Fix safety
    Safe: a published port on which nothing answers is taken away. A certificate is got for a name,
    which no file knows ([TLS](../howto/tls.md) tells how). The redirect and HSTS are left to a
    person: the one may stand between the authority and its challenge, the other cannot be undone.
    """
    listeners = [
        (one, server)
        for root in repository.nginx
        for server in root.all("server")
        for one in server.own("listen")
    ]
    secure = [server for one, server in listeners if "ssl" in one.args or "quic" in one.args]
    proxies = [
        one
        for one in repository.services
        if kind(one) == "proxy" and short(one.image).startswith("nginx")
    ]
    for service in proxies:
        for port in service.ports():
            if port.published == "443" and listeners:
                message = f"{service} publishes 443, but no nginx server listens with ssl"
                yield verdict(service, port.node, message, ok=bool(secure))
    for server in secure:
        yield from each(f"{server.path} {server.line}", _faults(repository, server))


def _faults(repository: Repository, server: Directive) -> Iterator[Check]:
    subject = f"{server.path} {server.line}"
    headers = [" ".join(one.args) for one in server.all("add_header")]
    if not any("Strict-Transport-Security" in one for one in headers):
        yield failed(subject, server, "browsers are not told to stay with HTTPS (HSTS)", "hsts")
    turned = [one for root in repository.nginx for one in root.all("return", "rewrite")]
    if not any("https://" in " ".join(one.args) for one in turned):
        yield failed(subject, server, "nothing sends visitors from HTTP to HTTPS", "redirect")
