"""Which service plays which part, and what of it cannot run in two slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitless.domain.container import Role
from hitless.domain.errors import StackUnsuitable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.settings import Settings


def roles(settings: Settings) -> dict[str, Role]:
    """Compose service → its part, for every service that hitless.yaml names."""
    parts = dict.fromkeys(settings.web, Role.WEB) | dict.fromkeys(settings.workers, Role.WORKER)
    parts |= dict.fromkeys(settings.accessories, Role.ACCESSORY)
    parts[settings.proxy.service] = Role.EDGE
    if settings.migrations:
        parts.setdefault(settings.migrations.service, Role.MIGRATION)
    return parts


def check(model: dict[str, Any], settings: Settings) -> None:
    """Hold hitless.yaml against the Compose model.

    Raises:
        StackUnsuitable: with all reasons at once.
    """
    problems = tuple(_problems(model, settings))
    if problems:
        raise StackUnsuitable(
            f"service {settings.service!r} cannot be released as it is",
            'see the keys of hitless.yaml with "hitless config schema"',
            problems,
        )


def _problems(model: dict[str, Any], settings: Settings) -> Iterator[str]:
    services, parts = model.get("services") or {}, roles(settings)
    for name in parts:
        if name not in services:
            yield f"hitless.yaml names service {name!r}, which the Compose files do not have"
    for name, service in services.items():
        if name in parts:
            yield from _slot_problems(name, service, parts[name])
        elif name not in settings.ignore:
            yield (
                f"service {name!r} has no part in hitless.yaml: "
                "add it to web, workers, accessories or ignore"
            )
    if settings.environment:
        yield from _shared_volumes(model, settings)
    edge = services.get(settings.proxy.service)
    if edge is not None and not edge.get("ports"):
        yield f"proxy service {settings.proxy.service!r} publishes no port for the users"


def _shared_volumes(model: dict[str, Any], settings: Settings) -> Iterator[str]:
    """Two environments that write into one volume are one environment."""
    for key, volume in (model.get("volumes") or {}).items():
        name = str((volume or {}).get("name") or key)
        if settings.environment not in name:
            yield (
                f"volume {name!r} would be shared with other environments: put "
                f"${{HITLESS_ENVIRONMENT}} into its name, or leave the name to Compose"
            )


def _slot_problems(name: str, service: dict[str, Any], part: Role) -> Iterator[str]:
    if part not in (Role.WEB, Role.WORKER):
        return
    if service.get("network_mode"):
        yield f"service {name!r} uses network_mode {service['network_mode']}: it needs an address"
    for volume in service.get("volumes") or ():
        if volume.get("type") == "volume" and not volume.get("source"):
            yield (
                f"service {name!r} has an anonymous volume at {volume.get('target')}: "
                "name it, or make it a tmpfs"
            )


def notes(model: dict[str, Any], settings: Settings) -> tuple[str, ...]:
    """What Hitless changes in the user's model, for the plan."""
    found = []
    for name, part in roles(settings).items():
        service = (model.get("services") or {}).get(name) or {}
        found += list(_changes(name, service, part))
    lossy = (name for name, worker in settings.workers.items() if worker.accept_job_loss)
    found += [f"{name}: a deploy may lose jobs, as accept_job_loss says" for name in lossy]
    return tuple(found)


def _changes(name: str, service: dict[str, Any], part: Role) -> Iterator[str]:
    if service.get("container_name"):
        yield f"{name}: container_name {service['container_name']!r} is dropped, two slots need two"
    if part not in (Role.WEB, Role.WORKER):
        return
    for port in service.get("ports") or ():
        yield f"{name}: published port {port.get('published')} is dropped, users come by the edge"
    for volume in service.get("volumes") or ():
        if volume.get("type") == "bind":
            yield f"{name}: {volume.get('source')} is mounted as it is, not part of the release"
        elif volume.get("type") == "volume" and not volume.get("read_only"):
            yield f"{name}: volume {volume.get('source')} is written by both slots"
