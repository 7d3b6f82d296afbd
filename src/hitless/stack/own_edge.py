"""An edge for a project that has none: a service that no Compose file contains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitless.stack.projects import CONTROL_PORT

if TYPE_CHECKING:
    from hitless.domain.settings import Proxy

FIRST_PORT = 8080


def with_edge(model: dict[str, Any], proxy: Proxy) -> dict[str, Any]:
    """The model with the edge's service in it, if Hitless has to bring one."""
    if proxy.port is None:
        return model
    service = {"image": proxy.image, "ports": [_published(proxy, one) for one in listeners(proxy)]}
    return {**model, "services": {**model["services"], proxy.service: service}}


def listeners(proxy: Proxy) -> dict[int, int]:
    """Host port → port in the container, the first one first.

    Not the same numbers: one of the host's may be that of the control listener.
    """
    if proxy.port is None:
        return {}
    further = sorted({route.port for route in proxy.routes if route.port} - {proxy.port})
    inside = range(CONTROL_PORT + 1, CONTROL_PORT + 1 + len(further))
    return {proxy.port: FIRST_PORT, **dict(zip(further, inside, strict=True))}


def further_ports(proxy: Proxy) -> dict[int, int]:
    """Those of :func:`listeners` after the first."""
    return {host: inside for host, inside in listeners(proxy).items() if host != proxy.port}


def _published(proxy: Proxy, port: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "mode": "ingress",
        "target": listeners(proxy)[port],
        "published": str(port),
        "protocol": "tcp",
    }
    return {**found, "host_ip": proxy.address} if proxy.address else found
