"""The four Compose projects of a service: shared, edge, blue and green.

Each is a complete model for ``docker compose -f``; nothing in it is left to
interpolation, names or pull policies, so that it means the same at any time.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from hitless.domain import container as label
from hitless.domain.container import Role
from hitless.stack.layout import Instance, Layout, instances

if TYPE_CHECKING:
    from hitless.domain.release import Release
    from hitless.domain.settings import Settings
    from hitless.domain.slot import Slot

CONTROL_PORT = 8081
EDGE_SERVICE = "edge"
MIGRATE_SERVICE = "migrate"
CONFIG_MOUNT = "/etc/hitless"
STATE_MOUNT = "/state"
# Keys that tie a service to one place, to other projects or to being built.
DROPPED = ("build", "container_name", "depends_on", "networks", "ports", "profiles", "scale")

# The edge's log is the memory of what the old release did; the engine keeps it bounded.
LOGGING = {"driver": "json-file", "options": {"max-size": "20m", "max-file": "5"}}

Model = dict[str, Any]


class EdgeMounts(NamedTuple):
    """Where on this machine the edge's files lie.

    Attributes:
        home: The state directory, so that nobody changes the service from another one.
    """

    home: str
    config: str
    state: str


def slot_project(release: Release, slot: Slot, layout: Layout) -> Model:
    """All containers of a release in one slot, and its one-shot migration."""
    services = {
        f"{slot}-{one.name}": _slot_service(release, slot, layout, one)
        for one in instances(release.settings)
    }
    if release.settings.migrations:
        services[MIGRATE_SERVICE] = _migration(release, slot, layout)
    project = layout.project(slot)
    networks = {"main": _external(layout.network), "slot": {"name": project}}
    volumes = _volumes(release.compose, services)
    return _assembled(project, services, networks, volumes, release.compose)


def shared_project(model: Model, settings: Settings, layout: Layout) -> Model:
    """Stateful services and brokers, in the order their own depends_on demands."""
    services = {}
    for name in settings.accessories:
        service = _rewritten(model["services"][name])
        service["ports"] = model["services"][name].get("ports") or []
        service["networks"] = {"main": None}
        service["depends_on"] = _accessories_only(model["services"][name], settings)
        service["labels"] = _labels(service, layout, Role.ACCESSORY, name)
        services[name] = service
    networks = {"main": _external(layout.network)}
    return _assembled(layout.shared, services, networks, _volumes(model, services), model)


def edge_project(model: Model, settings: Settings, layout: Layout, mounts: EdgeMounts) -> Model:
    """Nginx with our configuration, under the user's image and published ports."""
    user = model["services"][settings.proxy.service]
    service = _rewritten(user)
    for key in ("command", "healthcheck", "user"):
        service.pop(key, None)
    service |= {
        "container_name": layout.edge,
        "entrypoint": ["nginx", "-c", f"{CONFIG_MOUNT}/nginx.conf", "-g", "daemon off;"],
        "init": True,
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108  # inside the container, where nginx keeps its pid
        "restart": "unless-stopped",
        "networks": {"main": {"ipv4_address": layout.addresses.edge()}},
        "ports": [*user["ports"], _control_port()],
        "labels": _labels(service, layout, Role.EDGE, settings.proxy.service)
        | {label.HOME: mounts.home},
    }
    service.setdefault("logging", LOGGING)
    service["volumes"] = [
        *(service.get("volumes") or []),
        _bind(mounts.config, CONFIG_MOUNT),
        _bind(mounts.state, STATE_MOUNT),
    ]
    services = {EDGE_SERVICE: service}
    networks = {"main": _external(layout.network)}
    return _assembled(layout.edge, services, networks, _volumes(model, services), model)


def public_port(model: Model, settings: Settings) -> tuple[str, int, int]:
    """The first port the edge publishes: host address, host port, container port."""
    port = model["services"][settings.proxy.service]["ports"][0]
    return (port.get("host_ip") or "0.0.0.0", int(port["published"]), int(port["target"]))  # noqa: S104  # Compose's own default


def volume_names(model: Model, settings: Settings) -> tuple[str, ...]:
    """The real names of the named volumes that any released service uses."""
    used = {
        volume["source"]
        for name, service in model["services"].items()
        if name not in settings.ignore
        for volume in service.get("volumes") or ()
        if volume.get("type") == "volume" and volume.get("source")
    }
    return tuple(sorted(_volume_name(model, source) for source in used))


def _slot_service(release: Release, slot: Slot, layout: Layout, one: Instance) -> Model:
    service = _rewritten(release.compose["services"][one.service])
    service |= {
        "image": release.tag(one.service),
        "container_name": layout.container(slot, one),
        "init": True,  # as PID 1 a process would ignore SIGTERM while it boots
        "restart": "unless-stopped",
        "networks": {
            "main": {"ipv4_address": layout.address(slot, one)},
            "slot": {"aliases": sorted({one.service, one.name})},
        },
        "labels": _labels(service, layout, one.role, one.service, release, slot),
        "environment": _environment(service, release, slot),
    }
    after = _after(release, slot, one)
    return service | {"depends_on": after} if after else service


def _after(release: Release, slot: Slot, one: Instance) -> Model:
    """The web services of the slot that must be there first.

    A proxy among them, for example, ends at once when it cannot resolve their names.
    Whether they are healthy is judged by the health gate, which has a time limit.
    """
    wanted = release.compose["services"][one.service].get("depends_on") or {}
    return {
        f"{slot}-{other.name}": {"condition": "service_started", "required": True}
        for other in instances(release.settings)
        if other.role is Role.WEB and one.role is Role.WEB and other.service in wanted
    }


def _migration(release: Release, slot: Slot, layout: Layout) -> Model:
    migrations = release.settings.migrations
    assert migrations is not None  # noqa: S101  # the caller asked
    service = _rewritten(release.compose["services"][migrations.service])
    service.pop("healthcheck", None)
    service |= {
        "image": release.tag(migrations.service),
        "init": True,
        "restart": "no",
        "networks": {"main": None},
        "labels": _labels(service, layout, Role.MIGRATION, migrations.service, release, slot),
        "environment": _environment(service, release, slot),
    }
    if migrations.command:
        service["command"] = list(migrations.command)
    return service


def _rewritten(service: Model) -> Model:
    kept = {key: deepcopy(value) for key, value in service.items() if key not in DROPPED}
    if isinstance(kept.get("deploy"), dict):
        kept["deploy"].pop("replicas", None)
    return kept | {"pull_policy": "never"}


def _accessories_only(service: Model, settings: Settings) -> Model:
    wanted = service.get("depends_on") or {}
    return {name: how for name, how in wanted.items() if name in settings.accessories}


def _environment(service: Model, release: Release, slot: Slot) -> Model:
    ours = {
        "HITLESS_RELEASE": release.id,
        "HITLESS_SLOT": str(slot),
        "HITLESS_VERSION": release.version,
    }
    return (service.get("environment") or {}) | ours


def _labels(  # noqa: PLR0917  # one place makes all labels
    service: Model,
    layout: Layout,
    role: Role,
    name: str,
    release: Release | None = None,
    slot: Slot | None = None,
) -> Model:
    ours = {label.SERVICE: layout.service, label.ROLE: str(role), label.NAME: name}
    if release and slot:
        ours |= {label.RELEASE: release.id, label.SLOT: str(slot)}
    return (service.get("labels") or {}) | ours


def _volumes(model: Model, services: Model) -> Model:
    used = {
        volume["source"]
        for service in services.values()
        for volume in service.get("volumes") or ()
        if volume.get("type") == "volume"
    }
    return {source: _external(_volume_name(model, source)) for source in sorted(used)}


def _volume_name(model: Model, source: str) -> str:
    definition = (model.get("volumes") or {}).get(source) or {}
    return str(definition.get("name") or source)


def _assembled(name: str, services: Model, networks: Model, volumes: Model, model: Model) -> Model:
    project = {"name": name, "services": services, "networks": networks}
    if volumes:
        project["volumes"] = volumes
    for kind in ("secrets", "configs"):
        if model.get(kind):
            project[kind] = deepcopy(model[kind])
    return project


def _external(name: str) -> Model:
    return {"name": name, "external": True}


def _bind(source: str, target: str) -> Model:
    return {"type": "bind", "source": source, "target": target, "read_only": True}


def _control_port() -> Model:
    return {"target": CONTROL_PORT, "host_ip": "127.0.0.1", "protocol": "tcp"}
