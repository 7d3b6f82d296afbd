"""Whether the project's nginx only passes requests on, so that the edge may take its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.audit.images import short
from hitless.documents.nginx import parse
from hitless.documents.paths import joined, within
from hitless.scaffold.proposal import Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.nginx import Directive
    from hitless.documents.service import Service

NGINX = frozenset(("nginx", "nginx-unprivileged"))
PLAIN = frozenset(
    (
        "listen", "server_name", "location", "upstream", "server", "http", "events", "include",
        "worker_connections", "worker_processes", "keepalive", "keepalive_timeout", "default_type",
        "access_log", "error_log", "log_format", "pid", "user", "sendfile", "tcp_nopush", "map",
        "tcp_nodelay", "server_tokens", "client_max_body_size", "proxy_pass", "proxy_set_header",
        "proxy_http_version", "proxy_read_timeout", "proxy_send_timeout", "proxy_redirect", "zone",
        "proxy_connect_timeout", "proxy_buffering", "proxy_cache_bypass", "resolver", "default",
        "set",
    )
)  # fmt: skip
FOLDER = "/etc/nginx"
TARGET = r"^https?://([\w.-]+)(?::(\d+))?(/.*)?$"


class Passes(NamedTuple):
    """What an nginx does.

    Attributes:
        ways: Its routes, when it does nothing else but pass requests on.
        otherwise: What it does besides, in words; empty when nothing.
        tls: It ends TLS.
        behind: The services that it names, and the port of each; 80 where it names none.
    """

    ways: tuple[Way, ...]
    otherwise: str
    tls: bool
    behind: dict[str, int]


def is_nginx(repository: Repository, service: Service) -> bool:
    """Its image is nginx, or made from it."""
    image = repository.image_of(service)
    base = image[1].base if image is not None else service.image
    return short(base) in NGINX


def passes(repository: Repository, service: Service) -> Passes:
    """What the configuration of an nginx service does."""
    files = _files(repository, service)
    names = frozenset(service.project.services)
    servers = _upstreams(files)
    everything = [one for file in files for one in file.all(*_names(file))]
    targets = [t for one in everything if one.name == "proxy_pass" for t in _hosts(one, servers)]
    behind = {name: int(port or 80) for name, port in sorted(targets) if name in names}
    tls = any(one.name.startswith("ssl_cert") or "ssl" in one.args for one in everything)
    odd = sorted({one.name for one in everything} - PLAIN)
    if not files or not behind:
        return Passes((), "it hands out files", tls, behind)
    if odd:
        return Passes((), f"its configuration uses {odd[0]}", tls, behind)
    try:
        locations = [one for file in files for one in file.all("location")]
        ways = tuple(_way(one, servers, names) for one in locations)
    except _NotARouteError as error:
        return Passes((), str(error), tls, behind)
    return Passes(ways, "" if ways else "it has no location", tls, behind)


class _NotARouteError(Exception):
    pass


def _files(repository: Repository, service: Service) -> list[Directive]:
    """Those that are put where nginx reads; else, when it is the only one, all of them."""
    named = [one for one in _put_there(repository, service) if repository.text(one)]
    if named:
        return [_parsed(repository, one) for one in named]
    others = [s for s in service.project.services.values() if is_nginx(repository, s)]
    if len(others) == 1:
        built = [s.build()[0] for s in service.project.services.values() if s.is_built]
        elsewhere = [one for one in built if one and one != service.build()[0]]
        return [f for f in repository.nginx if not any(within(f.path, c) for c in elsewhere)]
    return [f for f in repository.nginx if service.is_built and within(f.path, service.build()[0])]


def _put_there(repository: Repository, service: Service) -> list[str]:
    """Files of the repository that a mount or a COPY brings into nginx's own folder."""
    mounts = [m for m in service.mounts() if m.kind == "bind" and m.target.startswith(FOLDER)]
    found = [service.project.path(one.source) for one in mounts]
    image = repository.image_of(service)
    for one in image[0].inherited(image[1], "COPY", "ADD") if image is not None else []:
        if one.destination().startswith(FOLDER) and not one.flag("from"):
            found += [joined(service.build()[0], source) for source in one.sources()]
    return [path for place in found if place for path in repository.below(place)]


def _parsed(repository: Repository, path: str) -> Directive:
    return next((f for f in repository.nginx if f.path == path), None) or parse(
        repository.text(path), path
    )


def _names(file: Directive) -> set[str]:
    found: set[str] = set()
    waiting = [file]
    while waiting:
        block = waiting.pop().block or []
        # What stands in a map or in types are values, not directives.
        found |= {one.name for one in block}
        waiting += [one for one in block if one.name not in ("map", "types")]
    return found - {"types"}


def _upstreams(files: list[Directive]) -> dict[str, set[tuple[str, str]]]:
    """Upstream → host and port of its servers."""
    return {
        one.args[0]: {_host(server.args[0]) for server in one.own("server") if server.args}
        for file in files
        for one in file.all("upstream")
        if one.args
    }


def _host(address: str) -> tuple[str, str]:
    name, _, port = address.partition(":")
    return name, port if port.isdigit() else ""


def _address(one: Directive) -> str:
    """Where a proxy_pass leads; a variable that is set to a text stands for that."""
    name = one.args[0] if one.args else ""
    for level in one.above():
        for variable in level.own("set"):
            if variable.args[:1] == [name] and len(variable.args) > 1:
                return variable.args[1]
    return name


def _hosts(one: Directive, servers: dict[str, set[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
    found = re.match(TARGET, _address(one))
    if found:
        yield from servers.get(found[1], {(found[1], found[2] or "")})


def _way(
    location: Directive, servers: dict[str, set[tuple[str, str]]], names: frozenset[str]
) -> Way:
    path = location.args[-1] if location.args else ""
    # Of an exact location a prefix is made: the edge knows no other kind.
    if location.args not in ([path], ["=", path], ["^~", path]) or not path.startswith("/"):
        raise _NotARouteError(f"it has a location {' '.join(location.args)!r}")
    targets = location.own("proxy_pass")
    found = re.match(TARGET, _address(targets[0])) if len(targets) == 1 else None
    hosts = {name for one in targets for name, _ in _hosts(one, servers)}
    if found is None or len(hosts) != 1 or not hosts <= names:
        raise _NotARouteError(f"its location {path} does not lead to one service alone")
    if found[3] not in (None, path):
        raise _NotARouteError(f"its location {path} changes the path")
    return Way(path, next(iter(hosts)), websocket=_upgrades(location, path))


def _upgrades(location: Directive, path: str) -> bool:
    """It takes WebSockets; what the whole server allows is meant for paths with such a name."""
    if any(one.args[:1] == ["Upgrade"] for one in location.own("proxy_set_header")):
        return True
    above = [h for level in location.above() for h in level.own("proxy_set_header")]
    named = re.search(r"\bws|socket|cable|live|hub|stream", path)
    return bool(named) and any(one.args[:1] == ["Upgrade"] for one in above)
