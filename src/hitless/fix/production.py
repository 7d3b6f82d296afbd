"""From a development target to the production one: all that changes with it, or nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.images import short, tag
from hitless.audit.rules.orchestration.development_server import COMMANDS, TARGETS
from hitless.documents.paths import joined, within
from hitless.fix import health
from hitless.fix.bundles import moved_to_build
from hitless.fix.edit import Edit, RefusedError
from hitless.fix.listening import USUAL, plain_ports
from hitless.fix.services import drop, item, put
from hitless.fix.yaml_edit import Remove, Set
from hitless.scaffold import http

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile, Stage
    from hitless.documents.service import Port, Service
    from hitless.fix.step import Action

NAMES = ("production", "prod", "release", "runner", "runtime", "final")
ONLY_HTTPS = "upgrade-insecure-requests"


def deployed(repository: Repository, service: Service) -> Iterator[Action]:
    """Everything that makes a service run its production stage.

    Raises:
        RefusedError: when there is none, or nothing tells how it is reached.
    """
    image = repository.image_of(service)
    if image is None or service.build()[2].lower() not in TARGETS:
        raise RefusedError(f"{service} has no production stage that could take its place")
    file, stage = image[0], _production(image[0])
    old, new = http.port(repository, service), _port(repository, service, file, stage)
    yield put(service, ("build", "target"), stage.name or str(stage.index))
    if re.search(COMMANDS, " ".join(service.words("command"))):
        yield drop(service, ("command",))
    yield from _without_source(repository, service)
    yield from moved_to_build(repository, service, (file, stage))
    if old is not None and old != new:
        yield from _reached_at(repository, service, str(old), new)
    yield from _asked(service, stage, new)


def _production(file: Dockerfile) -> Stage:
    by_name = {one.name.lower(): one for one in file.stages}
    found = next((by_name[name] for name in NAMES if name in by_name), file.stages[-1])
    if found.name.lower() in TARGETS:
        raise RefusedError(f"{file.path} has no stage for production")
    return found


def _port(repository: Repository, service: Service, file: Dockerfile, stage: Stage) -> int:
    """Where the stage listens: by its nginx, by EXPOSE, or where it always did."""
    for one in file.inherited(stage, "COPY"):
        for source in one.sources() if "/nginx" in one.destination() else ():
            path = joined(service.build()[0], source)
            if path in repository.known and not one.flag("from"):
                return _listens(repository, path)
    exposed = [word.partition("/")[0] for one in stage.of("EXPOSE") for word in one.text.split()]
    if exposed and exposed[0].isdigit():
        return int(exposed[0])
    base = short(file.lineage(stage)[-1].base)
    if base in USUAL:
        return USUAL[base]
    raise RefusedError(f"nothing tells on which port {stage.title} of {file.path} listens")


def _listens(repository: Repository, path: str) -> int:
    if ONLY_HTTPS in repository.text(path):
        raise RefusedError(f"{path} makes browsers ask by HTTPS, which nothing here answers")
    ports = plain_ports(repository, path)
    if not ports:
        raise RefusedError(f"{path} names no port to listen on")
    return ports[0]


def _without_source(repository: Repository, service: Service) -> Iterator[Action]:
    """Mounted source, and folders kept apart from it, would hide what the image contains."""
    context = service.build()[0]
    for mount in reversed(service.mounts()):
        inside = mount.kind == "bind" and within(service.project.path(mount.source), context)
        if inside or (mount.kind == "volume" and not mount.source):
            yield Remove(*item(repository, service, "volumes", mount.node))


def _reached_at(repository: Repository, service: Service, old: str, new: int) -> Iterator[Action]:
    """The new port wherever the old one is named: published, exposed, in the proxy."""
    for port in service.ports():
        if port.target == old:
            yield _retargeted(repository, service, port, new)
    for node in service.node.nodes("expose"):
        if node.text == old:
            path, keys = item(repository, service, "expose", node)
            yield Set(path, keys, str(new))
    address = re.compile(rf"(?<![\w.-]){re.escape(service.name)}:{old}(?!\d)")
    for file in repository.nginx:
        for found in address.finditer(repository.text(file.path)):
            yield Edit(file.path, *found.span(), f"{service.name}:{new}")


def _retargeted(repository: Repository, service: Service, port: Port, new: int) -> Action:
    path, keys = item(repository, service, "ports", port.node)
    if port.node.is_map:
        return Set(path, (*keys, "target"), new)
    head, colon, last = port.node.text.rpartition(":")
    if not colon or not re.fullmatch(r"\d+(/tcp)?", last):
        raise RefusedError(f"{port.node.text} does not say plainly which port is published")
    return Set(path, keys, f"{head}:{new}")


def _asked(service: Service, stage: Stage, port: int) -> Iterator[Action]:
    """A healthcheck that was written for the old stage may call what the new one lacks."""
    if service.node.get("healthcheck", "test") is None:
        return
    if short(stage.base) not in USUAL:
        raise RefusedError(f"the healthcheck of {service} was written for another stage")
    yield put(service, ("healthcheck", "test"), health.of_nginx(port, tag(stage.base)))
