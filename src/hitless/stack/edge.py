"""The edge's nginx configuration, rendered once per topology.

A release does not change it: which slot answers is decided per request by the
presence of a file. It is rendered again only when routes, services or addresses of
a slot differ from what the running configuration knows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.slot import Slot
from hitless.stack.layout import Layout, direct_path, instances
from hitless.stack.projects import CONTROL_PORT, STATE_MOUNT
from hitless.stack.shares import prepared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Template

    from hitless.domain.settings import Route, Settings

GENERATION = "@generation@"


@dataclass(frozen=True, slots=True)
class Upstream:
    """The servers of one service in one slot.

    Attributes:
        servers: ``address:port`` of each replica in the slot.
        backups: The same service in the other slot.
    """

    name: str
    servers: tuple[str, ...]
    backups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Direct:
    """A way past the flags to one container, for readiness probes."""

    path: str
    address: str


@dataclass(frozen=True, slots=True)
class Location:
    """One path prefix and the upstream that answers it in each slot."""

    route: Route
    variable: str
    targets: tuple[tuple[Slot, str], ...]


@dataclass(frozen=True, slots=True)
class Listener:
    """A port on which users arrive, and what they find there."""

    port: int
    locations: tuple[Location, ...]


def render(
    layout: Layout,
    settings: Mapping[Slot, Settings],
    port: int,
    key: str,
    snippets: Sequence[str] = (),
    *,
    further: Mapping[int, int] | None = None,
) -> str:
    """The whole configuration for what is, or will be, in each slot.

    Args:
        layout: Names and addresses.
        settings: For each slot the settings of its release; both slots when only one
            release exists, so that the second deploy needs no reload.
        port: The container port on which users arrive.
        key: The secret that makes an answer tell its upstream.
        snippets: The user's own directives for the server block.
        further: Host port → container port of the others on which users arrive.
    """
    first, *others = _listeners(settings, port, further or {})
    text = _template().render(
        control_port=CONTROL_PORT,
        state=STATE_MOUNT,
        key=key,
        generation=GENERATION,
        slots=tuple(Slot),
        upstreams=_upstreams(layout, settings),
        listeners=(first, *others),
        locations=tuple(one for listener in (first, *others) for one in listener.locations),
        preview=first.locations,
        directs=_directs(layout, settings),
        max_body=settings[Slot.BLUE].proxy.max_body,
        retry_after=round(max(one.maintenance.retry_after for one in settings.values())),
        open_paths=sorted({p for one in settings.values() for p in one.maintenance.open}),
        snippets=snippets,
        shares=prepared(settings),
    )
    return text.replace(GENERATION, _digest(text))


@cache
def _template() -> Template:
    """The compiled template; most of a rendering is compiling it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  # 60 ms that rollback must not pay

    environment = Environment(  # noqa: S701  # nginx syntax, not HTML
        loader=PackageLoader("hitless.stack"), undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("nginx.conf.j2")


def generation(config: str) -> str:
    """The generation that a rendered configuration announces; empty when it has none."""
    _, found, rest = config.partition("# generation ")
    return rest.partition("\n")[0].strip() if found else ""


def as_rendered(config: str) -> bool:
    """Nobody has changed a configuration since it was rendered."""
    announced = generation(config)
    return _digest(config.replace(announced, GENERATION)) == announced if announced else False


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _upstreams(layout: Layout, settings: Mapping[Slot, Settings]) -> tuple[Upstream, ...]:
    return tuple(
        Upstream(
            _upstream_name(service, slot),
            _servers(layout, slot, settings[slot], service),
            _servers(layout, slot.other, settings[slot.other], service),
        )
        for slot in Slot
        for service in sorted(settings[slot].web)
    )


def _upstream_name(service: str, slot: Slot) -> str:
    return f"{service}_{slot}"


def _servers(layout: Layout, slot: Slot, settings: Settings, service: str) -> tuple[str, ...]:
    return tuple(
        f"{layout.address(slot, one)}:{settings.web[service].port}"
        for one in instances(settings)
        if one.role is Role.WEB and one.service == service
    )


def _listeners(
    settings: Mapping[Slot, Settings], port: int, further: Mapping[int, int]
) -> tuple[Listener, ...]:
    """The first port, whose routes name none, and then the others."""
    found = [Listener(port, _locations(settings, None, "route"))]
    found += [
        Listener(inside, _locations(settings, outside, f"route_at_{outside}"))
        for outside, inside in sorted(further.items())
    ]
    return tuple(found)


def _locations(
    settings: Mapping[Slot, Settings], port: int | None, name: str
) -> tuple[Location, ...]:
    routes = {r.path: r for slot in Slot for r in _on(settings[slot], port)}
    return tuple(
        Location(
            routes[path],
            f"{name}_{number}",
            tuple((slot, _target(settings[slot], slot, path, port)) for slot in Slot),
        )
        for number, path in enumerate(sorted(routes))
    )


def _on(settings: Settings, port: int | None) -> tuple[Route, ...]:
    """The routes of one port; those of the first port may name it or not."""
    proxy = settings.proxy
    first = (None, proxy.port)
    return tuple(r for r in proxy.routes if r.port == port or (port is None and r.port in first))


def _target(settings: Settings, slot: Slot, path: str, port: int | None) -> str:
    """The upstream that a slot's own routes give to a path, known to it or not."""
    routes = _on(settings, port)
    fitting = [r for r in routes if path.startswith(r.path)]
    usual = (routes or settings.proxy.routes)[0]
    best = max(fitting, key=lambda r: len(r.path), default=usual)
    return _upstream_name(best.service, slot)


def _directs(layout: Layout, settings: Mapping[Slot, Settings]) -> tuple[Direct, ...]:
    found = []
    for slot in Slot:
        for one in instances(settings[slot]):
            port = _port(settings[slot], one.service)
            if port:
                address = f"{layout.address(slot, one)}:{port}"
                found.append(Direct(direct_path(slot, one.name), address))
    return tuple(found)


def _port(settings: Settings, service: str) -> int | None:
    if service in settings.web:
        return settings.web[service].port
    return settings.workers[service].port
