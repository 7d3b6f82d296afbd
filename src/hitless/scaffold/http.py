"""On which port a service answers, and by which path it tells that it can."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.audit.application import code_of, hands_out_files
from hitless.audit.health import check_of
from hitless.documents.interpolation import interpolate
from hitless.scaffold.proposal import Asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.service import Port, Service

URL = r"(?:https?://[\w.-]+|\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0))(?::(\d+))?(/[^\s\"'|;)&]*)?"
# Of debuggers and reloaders, which no user should reach.
DEBUG = frozenset(("9229", "9230", "5678", "5005", "6060", "35729", "24678"))
# Words of paths that tell health, the most telling first.
WORDS = ("readyz?", "readiness", "healthz?", "health[-_]?check", "livez", "alive", "ping", "status")
# A path of its own, and not what a text is split at.
ROOT = r"""(?<!split\()(?<!strip\()(?<!with\()(?<!place\()["'`]/["'`](?!\.join)"""
SOCKET = r"""websocket(?:_route)?\(\s*["'](/[\w/-]*)"""
SERVER_SIDE = r"""(?:require\(\s*["']socket\.io["']|from\s+["']socket\.io["']|socketio\.)"""
IN_COMMAND = (
    r"(?:--port|--http-port|-p)[ =](\d{2,5})\b",
    r"(?:-b|--bind|runserver)[ =](?:[\w.\[\]]*:)?(\d{2,5})\b",
    r"0\.0\.0\.0:(\d{2,5})\b",
)


class Checked(NamedTuple):
    """What a healthcheck asks."""

    port: str
    path: str


def checked(repository: Repository, service: Service) -> Checked | None:
    """The address in the healthcheck of a service, Compose's or its image's."""
    found = re.search(URL, " ".join(check_of(repository, service)))
    return Checked(found[1] or "80", found[2] or "/") if found else None


def ports(service: Service) -> list[Port]:
    """What users may reach: published, and not for a debugger."""
    found = [one for one in service.ports() if one.target.isdigit() and one.target not in DEBUG]
    return [one for one in found if "udp" not in (one.node.say("protocol"), one.node.text[-3:])]


def port(repository: Repository, service: Service) -> int | None:
    """The port in the container; None when nothing tells it."""
    return next((int(one) for one in _told(repository, service) if one.isdigit()), None)


def _told(repository: Repository, service: Service) -> Iterator[str]:
    open_to_users = [one.target for one in ports(service)]
    check = checked(repository, service)
    if check is not None and (not open_to_users or check.port in open_to_users):
        yield check.port
    yield from open_to_users
    yield from (one.text.partition("/")[0] for one in service.node.nodes("expose"))
    yield from exposed(repository, service)
    value = service.environment().get("PORT")
    yield interpolate(value.text, service.project.values) if value is not None else ""
    command = " ".join(words(repository, service))
    for pattern in IN_COMMAND:
        yield from re.findall(pattern, command)


def exposed(repository: Repository, service: Service) -> list[str]:
    """The ports that the image says it listens on."""
    image = repository.image_of(service)
    found = image[0].inherited(image[1], "EXPOSE") if image is not None else []
    return [word.partition("/")[0] for one in found for word in one.text.split()]


def words(repository: Repository, service: Service) -> list[str]:
    """What a service runs: Compose's words, else those of its image."""
    found = []
    image = repository.image_of(service)
    for key, keyword in (("entrypoint", "ENTRYPOINT"), ("command", "CMD")):
        own = service.words(key)
        below = image[0].inherited(image[1], keyword) if image is not None else []
        if not own and below:
            own = below[-1].words or below[-1].text.split()
        found += own
    return found


def ready(repository: Repository, service: Service, number: int) -> Asked:
    """The path by which a service tells that it can serve."""
    check = checked(repository, service)
    if check is not None and check.port == str(number):
        return Asked(check.path, "the path of its healthcheck", sure=True)
    code = "\n".join(code_of(repository, service).values())
    for word in WORDS:
        found = re.search(rf"""["'`](/(?:[\w-]+/){{0,3}}{word}/?)["'`]""", code)
        if found:
            return Asked(found[1], "a route in its code", sure=False)
    return Asked("/", "nothing tells a better one", sure=False)


def has_pages(repository: Repository, service: Service) -> bool:
    """Something answers at ``/``; so it is assumed where the code cannot tell."""
    image = repository.image_of(service)
    if image is None or hands_out_files(image[1]):
        return True
    code = code_of(repository, service)
    text = "\n".join(code.values())
    routes = re.search(r"""["'`]/[\w/{}:<>-]+["'`]""", text)
    return not routes or bool(re.search(ROOT, text)) or "index.html" in text


def sockets(repository: Repository, service: Service) -> tuple[str, ...]:
    """Path prefixes on which the code takes WebSockets."""
    text = "\n".join(code_of(repository, service).values())
    found = set(re.findall(SOCKET, text))
    found |= {"/socket.io/"} if re.search(SERVER_SIDE, text) else set()
    return tuple(sorted(found))
