"""NX02: a port on which nothing speaks TLS is published no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.registry import fix
from hitless.fix.services import drop, where
from hitless.fix.step import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

LEFT = {
    "hsts": "browsers remember HSTS for its whole time: set it after a first renewal has worked",
    "redirect": "a redirect may stand between the certificate authority and its challenge",
}


@fix("NX02")
def https_without_tls(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Take the dead port away; a certificate is got for a name, and no file knows it."""
    for finding in findings:
        if finding.value in LEFT:
            yield Refusal(finding.place, LEFT[finding.value])
    places = {one.place for one in findings if one.value not in LEFT}
    for service in repository.services:
        file = where(service, "ports")
        for at, port in enumerate(one for one in service.ports() if one.node.path == file):
            if (port.node.path, port.node.line) in places and port.published == "443":
                yield drop(service, ("ports", at))
