"""What has no counterpart in the manifests, or needs a hand: told, never dropped in silence."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hitless.domain.container import Role
from hitless.export.container import (
    MOST_PORTS,
    image,
    no_new_privileges,
    ports,
    resources,
    too_wide,
    user_and_group,
)
from hitless.export.ingress import exported
from hitless.export.mounts import named
from hitless.export.probes import probes, test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hitless.domain.settings import Settings
    from hitless.export.part import Part
    from hitless.export.vault import Vault

# Keys that are in the manifests, or are told below with more words.
TAKEN = frozenset(
    (
        *("image", "command", "entrypoint", "environment", "working_dir", "init", "healthcheck"),
        *("expose", "ports", "volumes", "tmpfs", "secrets", "configs", "stop_grace_period"),
        *("user", "privileged", "read_only", "cap_add", "cap_drop", "security_opt"),
        *("deploy", "cpus", "mem_limit", "mem_reservation"),
    )
)
# Keys that mean nothing there: how images come to be, and who starts what on one machine.
MEANINGLESS = frozenset(
    (
        *("attach", "build", "container_name", "develop", "env_file", "links", "networks"),
        *("profiles", "pull_policy", "restart", "scale"),
    )
)
INSTEAD: Mapping[str, str] = MappingProxyType(
    {
        "depends_on": "pods start all at once; a program must wait for what it needs",
        "devices": "needs a device plugin of the cluster",
        "dns": "write dnsConfig",
        "extra_hosts": "write hostAliases",
        "labels": "write labels or annotations, where somebody reads them",
        "logging": "the node keeps and rotates what a container prints",
        "network_mode": "write hostNetwork, if it must be",
        "platform": "write nodeSelector, where the cluster has several",
        "pids_limit": "the kubelet sets one for all pods (podPidsLimit)",
        "shm_size": "mount an emptyDir with medium: Memory at /dev/shm",
        "stop_signal": "write STOPSIGNAL into the Dockerfile",
        "sysctls": "write securityContext.sysctls, where the cluster allows it",
        "ulimits": "the container runtime of the node sets them",
    }
)
FEW = 6
BY_HAND = "has no counterpart that could be written for you"


def notes(
    found: Sequence[Part], known: Vault, model: dict[str, Any], settings: Settings
) -> tuple[str, ...]:
    """Everything a person has to know, the most urgent first, each thing once."""
    every = [
        *_images(found, model),
        *_grouped((part.service, text) for part in found for text in _part(part, known)),
        *_names(found),
        *_others(model, settings),
        *_edge(settings),
        *_keys(found),
        *_networks(found),
        *_engine(settings),
    ]
    return tuple(dict.fromkeys(every))


def _images(found: Iterable[Part], model: dict[str, Any]) -> Iterator[str]:
    project = str(model.get("name") or "")
    names = {image(part.compose, part.service, project): part for part in found}
    for name, part in sorted(names.items()):
        if "build" in part.compose and not _has_registry(name):
            yield (
                f"image {name} is built here and names no registry: push it to one that the "
                "cluster can pull from, and write its name there"
            )
        if "@" in name:
            continue
        tag = name.rpartition("/")[2].partition(":")[2]
        if tag in ("", "latest"):
            yield f"image {name} has no fixed tag: pods of one update may run different code"


def _has_registry(name: str) -> bool:
    first, slash, _ = name.partition("/")
    return bool(slash) and (first == "localhost" or "." in first or ":" in first)


def _grouped(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What several services need is said once."""
    services: dict[str, list[str]] = {}
    for service, text in found:
        services.setdefault(text, []).append(service)
    for text, names in services.items():
        yield f"{', '.join(dict.fromkeys(names))}: {text}"


def _part(part: Part, known: Vault) -> Iterator[str]:
    yield from _readiness(part, known)
    yield from _rights(part)
    if "limits" not in resources(part.compose) or not _has_memory(part):
        yield (
            "Compose limits no memory, so nothing does here; measure it, and "
            "write resources.limits.memory"
        )
    for volume in part.compose.get("volumes") or ():
        if isinstance(volume, dict) and volume.get("type") not in ("volume", "tmpfs"):
            yield (
                f"{volume.get('target')} was mounted from this machine: put it "
                "into the image, a ConfigMap or a volume"
            )
    for volume in named(part):
        yield (f"volume {volume['source']} begins empty, and its size is a guess; see volumes.yaml")
    yield from _ports(part)
    if part.replicas == 1 and part.role is Role.WEB:
        yield "a single pod; maintenance of its node interrupts it"


def _has_memory(part: Part) -> bool:
    return "memory" in resources(part.compose).get("limits", {})


def _readiness(part: Part, known: Vault) -> Iterator[str]:
    if part.role is Role.MIGRATION or probes(part, known):
        return
    if test(part):
        yield "its healthcheck contains a secret and is left out: write a probe"
    else:
        yield (
            "nothing tells whether it is ready: give it port and ready in "
            "hitless.yaml, or a healthcheck in Compose"
        )


def _rights(part: Part) -> Iterator[str]:
    user, compose = user_and_group(part.compose)[0], part.compose
    if user == 0:
        yield "runs as root, as Compose says; many clusters refuse that"
    elif user is None:
        said = f"user {compose['user']!r} of Compose is a name" if compose.get("user") else ""
        yield (
            f"{said or 'Compose names no user'}: the image's own must be a number "
            "other than 0 (USER 10001), or the pod does not start"
        )
    odd = [str(one) for one in compose.get("security_opt") or ()]
    left = [one for one in odd if not one.startswith("no-new-privileges")]
    if left:
        yield f"security_opt {', '.join(left)} {BY_HAND}"
    if compose.get("privileged") and no_new_privileges(compose):
        yield "privileged and no-new-privileges exclude each other here"


def _ports(part: Part) -> Iterator[str]:
    left = [*too_wide(part.compose), *(str(number) for number, _ in ports(part)[MOST_PORTS:])]
    if left:
        yield f"ports {_few(left)} are too many for a Service and left out"
    published = [str(one.get("published") or one["target"]) for one in _published(part)]
    if published:
        yield f"ports of the machine are dropped, users come by the Ingress: {_few(published)}"
    if part.role is Role.WORKER and part.compose.get("expose"):
        yield "no Service leads to it, for it takes jobs; others cannot call it"


def _published(part: Part) -> list[dict[str, Any]]:
    return list(part.compose.get("ports") or ())


def _few(names: Sequence[str]) -> str:
    """All of them, or the first and how many more."""
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more} more" if more > 0 else "")


def _names(found: Iterable[Part]) -> Iterator[str]:
    for part in found:
        if part.role is not Role.MIGRATION and part.name != part.service:
            yield (
                f"{part.service} is called {part.name} in the cluster: change the addresses that "
                "name it"
            )


def _others(model: dict[str, Any], settings: Settings) -> Iterator[str]:
    for name in settings.accessories:
        yield (
            f"{name} is not exported: use a managed one, or an operator, and let the Secret or a "
            f"Service of type ExternalName lead to it"
        )
    for name in settings.ignore:
        if name in model["services"]:
            yield f"{name} is not exported: hitless.yaml ignores it"
    for part in (model["services"][name] for name in (*settings.web, *settings.workers)):
        for key in sorted((part.get("deploy") or {}).keys() - {"resources", "replicas"}):
            if part["deploy"][key]:
                yield f"deploy.{key} of Compose {BY_HAND}"


def _edge(settings: Settings) -> Iterator[str]:
    proxy = settings.proxy
    yield f"{proxy.service} is replaced by the Ingress: certificate, host and headers are yours"
    for name in proxy.include:
        yield f"{name}: nginx directives have no counterpart; your controller has annotations"
    for route in proxy.routes:
        if route not in exported(proxy):
            yield (
                f"route {route.path} on port {route.port} is not exported: an Ingress has only 80 "
                "and 443; give it a host of its own"
            )
        elif route.assets:
            yield (
                f"route {route.path}: during an update old pages may ask new pods for files that "
                "these lack; serve them from an object store, or keep old ones in the image"
            )


def _keys(found: Iterable[Part]) -> Iterator[str]:
    users: dict[str, list[str]] = {}
    for part in found:
        for key, value in part.compose.items():
            if value and key not in TAKEN | MEANINGLESS and not key.startswith("x-"):
                users.setdefault(key, []).append(part.service)
    for key, names in sorted(users.items()):
        yield f"{key} of {', '.join(dict.fromkeys(names))}: {INSTEAD.get(key, BY_HAND)}"


def _networks(found: Iterable[Part]) -> Iterator[str]:
    names = sorted({name for part in found for name in part.compose.get("networks") or ()})
    if len(names) > 1:
        yield (
            f"networks {', '.join(names)}: in a cluster every pod reaches every other; write "
            "NetworkPolicies"
        )


def _engine(settings: Settings) -> Iterator[str]:
    if settings.strategy.canary:
        yield "strategy.canary is not exported: a cluster needs a controller for it"
    if settings.migrations and settings.migrations.contract:
        yield "`kubectl rollout undo` asks nobody: behind this contract migration it breaks"
    left = {"smoke": settings.smoke, "hooks": settings.hooks, "notify": settings.notify}
    names = [name for name, some in left.items() if some]
    if names:
        yield f"left to your CI: {', '.join(names)} of hitless.yaml"


def unsuitable(text: str) -> bool:
    """A key that a Secret or a ConfigMap does not take."""
    return re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", text) is None
