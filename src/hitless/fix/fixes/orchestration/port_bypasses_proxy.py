"""CP12: the application is reached through its proxy only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.images import kind
from hitless.fix.ports import unpublished
from hitless.fix.registry import fix
from hitless.fix.services import found
from hitless.fix.step import refusal
from hitless.scaffold.proxy import passes
from hitless.scaffold.traefik import labelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP12")
def port_bypasses_proxy(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Take the public ports away where the proxy is known to lead to the service."""
    for service, mine in found(repository, findings):
        if _is_behind_a_proxy(repository, service):
            yield unpublished(repository, service, [p for p in service.ports() if p.is_public])
        else:
            place = mine[0].place
            yield refusal(place, f"no proxy is known to lead to {service}: it would be unreachable")


def _is_behind_a_proxy(repository: Repository, service: Service) -> bool:
    proxies = [one for one in service.project.services.values() if kind(one) == "proxy"]
    behind = {name for one in proxies for name in passes(repository, one).behind}
    return service.name in behind or labelled(service) is not None
