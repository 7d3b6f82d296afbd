"""Routes that labels give to Traefik, for the edge to take over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.audit.images import short
from hitless.documents.interpolation import interpolate
from hitless.documents.yaml_tree import as_map

if TYPE_CHECKING:
    from hitless.documents.compose import Project
    from hitless.documents.service import Service

PORT = r"^traefik\.http\.services\.[^.]+\.loadbalancer\.server\.port$"
RULE = r"^traefik\.http\.routers\.[^.]+\.rule$"
PREFIX = r"Path(?:Prefix)?\(\s*[`'\"](/[^`'\"]*)"
TLS_PORT = "443"


class Labelled(NamedTuple):
    """What the labels of a service say; the path is ``/`` when they only name hosts."""

    port: int
    path: str


def labelled(service: Service) -> Labelled | None:
    """Where Traefik finds a service; None without such labels."""
    labels = service.node.get("labels")
    if labels is None:
        return None
    values = {name: one.text for name, one in as_map(labels).fields.items()}
    port = next((text for name, text in values.items() if re.match(PORT, name)), "")
    rule = next((text for name, text in values.items() if re.match(RULE, name)), "")
    number = interpolate(port, service.project.values)
    path = re.search(PREFIX, rule)
    return Labelled(int(number), path[1] if path else "/") if number.isdigit() else None


def in_use(project: Project) -> Service | None:
    """The Traefik of a project, if it does not end TLS."""
    for service in project.services.values():
        targets = {one.target for one in service.ports()}
        if short(service.image) == "traefik" and TLS_PORT not in targets:
            return service
    return None
