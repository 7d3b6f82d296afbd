"""A copy of a stack that shares nothing with it which either of them changes.

Names, volumes and published ports are its own. Of this machine it sees only files that it
cannot write. What it would share all the same is an obstacle, and told before anything is
made.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hitless.stack.classify import roles
from hitless.stack.freeze import built
from hitless.stack.layout import COPY
from hitless.stack.outside import outside
from hitless.stack.own_edge import with_edge

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from hitless.domain.settings import Proxy, Settings

    Kind = Callable[[str], "Place"]

LOOPBACK = "127.0.0.1"
# What other programs act on, such as a proxy that looks for containers by their labels.
HEARD = ("labels", "container_name")

Model = dict[str, Any]


class Place(StrEnum):
    """What lies at a path of this machine."""

    FILE = "a file"
    DIRECTORY = "a directory"
    ABSENT = "nothing"
    SPECIAL = "a socket or device"


def name_of(service: str) -> str:
    """The copy's name, and so the beginning of all that belongs to it."""
    return f"{service}-{COPY}"


def obstacles(
    model: Model, settings: Settings, kind: Kind, allowed: Collection[str] = ()
) -> Iterator[str]:
    """Why no copy can be made: all that it would share with the real stack.

    Args:
        model: The resolved Compose model.
        settings: From hitless.yaml.
        kind: What lies at a path.
        allowed: Hosts outside the stack that the copy may use.
    """
    for name in sorted(roles(settings)):
        service = model["services"][name]
        if service.get("volumes_from"):
            yield f"service {name!r} takes the volumes of another container (volumes_from)"
        if str(service.get("network_mode") or "").startswith(("host", "container:")):
            yield f"service {name!r} uses network_mode {service['network_mode']}"
        for volume in service.get("volumes") or ():
            if volume.get("type") == "bind":
                yield from _bind_obstacles(name, volume, kind, name == settings.proxy.service)
    for name, variable, host in outside(model, settings, allowed):
        yield (
            f"service {name!r} uses {host} outside the stack by {variable}: if that may be "
            f'changed, allow it with "--allow-outside {host}"'
        )


def published(model: Model, settings: Settings) -> tuple[int, ...]:
    """The host ports on which the edge meets users, in order."""
    ports = model["services"][settings.proxy.service].get("ports") or ()
    found = (str(port.get("published") or "") for port in ports)
    return tuple(sorted({int(port) for port in found if port.isdecimal()}))


def copied(model: Model, settings: Settings, ports: Mapping[int, int]) -> tuple[Model, Settings]:
    """The model and the settings of the copy.

    Args:
        model: The resolved Compose model, as it is or as a release keeps it.
        settings: What goes with it.
        ports: Published port → port of the copy; an order among them must stay.
    """
    own = _settings(settings, ports)
    parts = roles(settings)
    services = {
        name: _service(service, settings, name, ports) if name in parts else service
        for name, service in model["services"].items()
    }
    volumes = {key: {"name": f"{own.service}_{key}"} for key in model.get("volumes") or {}}
    made = {**model, "name": own.service, "services": services, "volumes": volumes}
    return with_edge(made, own.proxy), own


def with_own_images(model: Model, settings: Settings, tag: str) -> Model:
    """The model with names of its own for what is built, so that no other name moves.

    Args:
        model: From :func:`copied`.
        settings: From :func:`copied`.
        tag: Tells two releases of the copy apart.
    """
    services = model["services"]
    names = built(model, tuple(roles(settings)))
    images = {n: str(s.get("image") or f"{model['name']}-{n}") for n, s in services.items()}
    own: dict[str, str] = {}
    for name in names:  # several services may be of one image, which is built once
        own.setdefault(images[name], f"{settings.service}/{name}:{tag}")
    renamed = {
        name: {**service, "image": own[images[name]]}
        for name, service in services.items()
        if images[name] in own
    }
    return {**model, "services": services | renamed}


def _bind_obstacles(name: str, volume: Model, kind: Kind, edge: bool) -> Iterator[str]:  # noqa: FBT001
    source = str(volume.get("source"))
    found = kind(source)
    if found is Place.SPECIAL:
        yield f"service {name!r} mounts {source}, {found}: what it is asked there is done for real"
    elif found is not Place.FILE and not volume.get("read_only") and not edge:
        yield (
            f"service {name!r} may write into {source} of this machine: "
            "mount it read-only (:ro), or use a named volume"
        )


def _service(service: Model, settings: Settings, name: str, ports: Mapping[int, int]) -> Model:
    kept = {key: value for key, value in service.items() if key not in HEARD}
    # Nobody outside needs the accessories of a copy; what is left of binds is not written.
    edge = name == settings.proxy.service
    kept["ports"] = [_port(one, ports) for one in service.get("ports") or ()] if edge else []
    kept["volumes"] = [
        {**one, "read_only": True} if one.get("type") == "bind" else one
        for one in service.get("volumes") or ()
    ]
    return kept


def _port(port: Model, ports: Mapping[int, int]) -> Model:
    wanted = str(port.get("published") or "")
    moved = {"published": str(ports[int(wanted)])} if wanted.isdecimal() else {}
    return {**port, **moved, "host_ip": LOOPBACK}


def _settings(settings: Settings, ports: Mapping[int, int]) -> Settings:
    """Nobody is told and no hook runs; all users at once, as nobody waits for a canary's."""
    return settings._replace(
        service=name_of(settings.service),
        environment=f"{settings.environment}-{COPY}".lstrip("-"),
        proxy=_proxy(settings.proxy, ports),
        hooks={},
        notify=(),
        strategy=settings.strategy._replace(canary=None),
        keep_hot=True,
        subnet=None,
    )


def _proxy(proxy: Proxy, ports: Mapping[int, int]) -> Proxy:
    """An edge of Hitless's own has its ports in hitless.yaml, and routes name them."""
    if proxy.port is None:
        return proxy
    routes = tuple(
        route._replace(port=ports[route.port]) if route.port else route for route in proxy.routes
    )
    return proxy._replace(port=ports[proxy.port], address=LOOPBACK, routes=routes)
