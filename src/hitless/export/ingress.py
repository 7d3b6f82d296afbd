"""Routes of hitless.yaml as objects for an Ingress controller."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hitless.export.names import label
from hitless.export.yaml_text import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.settings import Proxy, Route, Settings
    from hitless.export.part import Cluster

LONG = 3600  # seconds that a WebSocket may be silent, as at Hitless's own edge
PREFIX = "nginx.ingress.kubernetes.io"
ODD = ("//", "/./", "/../", "%2f", "%5c")
READ_BY = "Read by ingress-nginx; other controllers have words of their own for the same."
EVERY_HOST = "Without a host it answers for all of them. Yours, and its certificate, go here."
Model = dict[str, Any]


def ingresses(settings: Settings, cluster: Cluster) -> list[Model]:
    """One Ingress for all routes that want the same timeouts."""
    kinds: dict[tuple[bool, float], list[Route]] = {}
    for route in exported(settings.proxy):
        timeout = LONG if route.websocket else route.timeout
        kinds.setdefault((route.websocket, timeout), []).append(route)
    usual = max(kinds, key=lambda kind: (not kind[0], len(kinds[kind]), -kind[1]))
    return [
        _ingress(_name(cluster, kind, usual), kind, kinds[kind], settings, cluster)
        for kind in sorted(kinds, key=lambda kind: (kind != usual, kind))
    ]


def exported(proxy: Proxy) -> list[Route]:
    """The routes on the edge's first port: an Ingress has no further ones."""
    return [route for route in proxy.routes if route.port in (None, proxy.port)]


def _name(cluster: Cluster, kind: tuple[bool, float], usual: tuple[bool, float]) -> str:
    websocket, timeout = kind
    if kind == usual:
        return cluster.app
    return label(f"{cluster.app}-{'websocket' if websocket else f'timeout-{timeout:g}s'}")


def _ingress(
    name: str, kind: tuple[bool, float], routes: list[Route], settings: Settings, cluster: Cluster
) -> Model:
    meta = cluster.meta(name)
    meta["annotations"] = Why(READ_BY, dict(_annotations(*kind, settings.proxy)))
    paths = [_path(route, settings, cluster) for route in sorted(routes, key=lambda one: one.path)]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": meta,
        "spec": {
            "ingressClassName": "nginx",
            "rules": Why(EVERY_HOST, [{"http": {"paths": paths}}]),
        },
    }


def _annotations(websocket: bool, timeout: float, proxy: Proxy) -> Iterator[tuple[str, str]]:  # noqa: FBT001  # a kind, taken apart
    longest = str(max(1, math.ceil(timeout)))
    yield f"{PREFIX}/proxy-body-size", proxy.max_body
    yield f"{PREFIX}/proxy-read-timeout", longest
    if websocket:
        yield f"{PREFIX}/proxy-send-timeout", longest


def _path(route: Route, settings: Settings, cluster: Cluster) -> Model:
    odd = any(one in route.path.lower() for one in ODD)
    port = {"number": settings.web[route.service].port}
    return {
        "path": route.path,
        "pathType": "ImplementationSpecific" if odd else "Prefix",
        "backend": {"service": {"name": cluster.names[route.service], "port": port}},
    }
