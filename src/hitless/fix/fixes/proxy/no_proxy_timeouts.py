"""NX04: a service that is gone is given up after seconds; sockets may stay silent for an hour."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.proxies import by_file, edited
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.nginx import Directive
    from hitless.domain.finding import Finding
    from hitless.fix.nginx_edit import NginxEditor
    from hitless.fix.step import Step

LIMITS = {"proxy_connect_timeout": "2s", "proxy_read_timeout": "30s"}
SOCKET = r"\bws\b|socket"


@fix("NX04")
def no_proxy_timeouts(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Set the limits once a server."""
    for root, mine in by_file(repository, findings):
        for finding in mine:
            server = next(
                server
                for server in root.all("server")
                if any(p.line == finding.place.line for p in server.all("proxy_pass"))
            )
            yield edited(repository, finding, root, partial(_limited, server=server))


def _limited(editor: NginxEditor, server: Directive) -> None:
    places = [one.parent or server for one in server.all("proxy_pass")]
    lacking = [n for n in LIMITS if any(place.effective(n) is None for place in places)]
    editor.first_in(server, *(f"{name} {LIMITS[name]};" for name in lacking))
    for one in server.all("location"):
        passes = one.own("proxy_pass")
        if passes and re.search(SOCKET, " ".join(one.args)) and not one.own("proxy_read_timeout"):
            editor.before(passes[0], "proxy_read_timeout 1h;")
