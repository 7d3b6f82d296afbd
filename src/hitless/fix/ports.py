"""Published ports, taken back to the machine itself or to the other services."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError
from hitless.fix.services import add, drop, item
from hitless.fix.step import refusal, together
from hitless.fix.yaml_edit import Remove, Set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Port, Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

LOOPBACK = "127.0.0.1"
ADDRESS = re.compile(r"^(\d+(\.\d+){3}|\[[^\]]*\]):")
VARIABLE = re.compile(r"\$\{[^}]*\}")


def bound_to_loopback(
    repository: Repository, service: Service, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Bind the ports on whose lines the findings are to the loopback address."""
    wrong = {(one.place.path, one.place.line, one.value) for one in findings}
    for port in service.ports():
        if port.is_public and (port.node.path, port.node.line, port.target) in wrong:
            try:
                yield _bound(repository, service, port)
            except RefusedError as error:
                yield refusal(port.node, str(error))


def _bound(repository: Repository, service: Service, port: Port) -> Step:
    path, keys = item(repository, service, "ports", port.node)
    if port.node.is_map:
        return Set(path, (*keys, "host_ip"), LOOPBACK)
    rest = ADDRESS.sub("", port.node.text)
    numbers = VARIABLE.sub("", rest)
    if ":" not in numbers and "$" in rest:
        return refusal(port.node, f"{port.node.text} may hold an address of its own")
    # A container's port alone gets any free one of the host: an empty field says the same.
    published = rest if ":" in numbers else f":{rest}"
    return Set(path, keys, f"{LOOPBACK}:{published}")


def unpublished(repository: Repository, service: Service, ports: Sequence[Port]) -> Step:
    """These ports are for other services only."""
    exposed = set(service.node.texts("expose"))
    targets = dict.fromkeys(one.target for one in ports)
    known = [add(service, ("expose",), one) for one in targets if one not in exposed]
    if len(ports) == len(service.ports()) and len({one.node.path for one in ports}) == 1:
        return together(ports[0].node, drop(service, ("ports",)), *known)
    try:
        places = [item(repository, service, "ports", one.node) for one in ports]
    except RefusedError as error:
        return refusal(ports[0].node, str(error))
    gone = [Remove(path, keys) for path, keys in sorted(places, reverse=True)]  # the last one first
    return together(ports[0].node, *gone, *known)
