"""Published ports, taken back to the machine itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.fix.services import add, drop, put, where
from hitless.fix.step import refusal, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.documents.service import Port, Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

LOOPBACK = "127.0.0.1"
ADDRESS = re.compile(r"^(\d+(\.\d+){3}|\[[^\]]*\]):")


def bound_to_loopback(service: Service, findings: Sequence[Finding]) -> Iterator[Step]:
    """Bind the ports on whose lines the findings are to the loopback address."""
    lines = {(one.place.path, one.place.line) for one in findings}
    file = where(service, "ports")
    mine = [one for one in service.ports() if one.node.path == file]
    for place, port in enumerate(mine):
        if (port.node.path, port.node.line) in lines and port.is_public:
            yield _bound(service, place, port)
    for port in service.ports():
        if port.node.path != file and (port.node.path, port.node.line) in lines:
            yield refusal(port.node, f"the ports of {service} are spread over several files")


def _bound(service: Service, place: int, port: Port) -> Step:
    if port.node.is_map:
        return put(service, ("ports", place, "host_ip"), LOOPBACK)
    rest = ADDRESS.sub("", port.node.text)
    if rest.startswith("$") and ":" not in re.sub(r"\$\{[^}]*\}", "", rest):
        return refusal(port.node, f"{port.node.text} may hold an address of its own")
    # A container's port alone gets a random one of the host: an empty field says the same.
    published = rest if ":" in re.sub(r"\$\{[^}]*\}", "", rest) else f":{rest}"
    return put(service, ("ports", place), f"{LOOPBACK}:{published}")


def unpublished(service: Service, ports: Sequence[Port]) -> Step:
    """These ports are for other services only."""
    written = service.node.nodes("ports")
    file = where(service, "ports")
    if any(one.path != file for one in written):
        return refusal(ports[0].node, f"the ports of {service} are spread over several files")
    exposed = set(service.node.texts("expose"))
    places = sorted((written.index(one.node) for one in ports), reverse=True)
    whole = [drop(service, ("ports",))] if len(places) == len(written) else None
    gone = whole or [drop(service, ("ports", place)) for place in places]
    targets = dict.fromkeys(one.target for one in ports)
    known = [add(service, ("expose",), one) for one in targets if one not in exposed]
    return together(ports[0].node, *gone, *known)
