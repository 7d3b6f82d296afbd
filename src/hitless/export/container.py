"""The container of a pod: image, words, variables, rights and resources."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from hitless.domain.container import Role
from hitless.export.part import PRE_STOP, literal
from hitless.export.probes import probes
from hitless.export.vault import words
from hitless.export.yaml_text import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.export.part import Cluster, Part
    from hitless.export.vault import Variables, Vault

MEBIBYTE = 1024**2
LEAST_CPU = 100  # thousandths of a processor
LEAST_MEMORY = 128 * MEBIBYTE
MOST_PORTS = 100  # a Service takes no ranges, each port is an entry
MEETS_SIGTERM = (
    "SIGTERM and the removal from the Service begin at the same moment: for a while requests still "
    "arrive here, and are answered."
)
Model = dict[str, Any]


def container(part: Part, cluster: Cluster, known: Vault, found: Variables) -> Model:
    """Everything but its mounts, in the order in which people look for it."""
    made: Model = {"name": part.name, "image": image(part.compose, part.service, cluster.app)}
    made |= words(part, found)
    if part.compose.get("working_dir"):
        made["workingDir"] = literal(part.compose["working_dir"])
    if part.role is Role.WEB:
        made["ports"] = [_container_port(number, kind) for number, kind in ports(part)[:MOST_PORTS]]
    if found.plain:
        made["envFrom"] = [{"configMapRef": {"name": f"{part.name}-env"}}]
    if found.secret:
        made["env"] = [_reference(name, key, cluster) for name, key in found.secret.items()]
    if part.role is not Role.MIGRATION:
        made |= probes(part, known)
    if part.role is Role.WEB:
        hook = {"preStop": {"sleep": {"seconds": PRE_STOP}}}
        made["lifecycle"] = Why(MEETS_SIGTERM, hook)
    made["resources"] = resources(part.compose)
    made["securityContext"] = _security(part.compose)
    return made


def image(compose: Model, service: str, project: str) -> str:
    """The image's name; Compose gives ``project-service`` to what it builds unnamed."""
    return str(compose.get("image") or f"{project}-{service}")


def ports(part: Part) -> list[tuple[int, str]]:
    """Number and protocol of every port it listens on, its own first."""
    found = {(part.port, "TCP"): None} if part.port else {}
    for text in part.compose.get("expose") or ():
        numbers, _, kind = str(text).partition("/")
        found |= dict.fromkeys((number, kind.upper() or "TCP") for number in _range(numbers))
    for one in part.compose.get("ports") or ():
        found[int(one["target"]), str(one.get("protocol") or "tcp").upper()] = None
    return list(found)


def _range(text: str) -> range:
    """``8000`` or ``8000-8010``; nothing of a range that is too wide for a Service."""
    first, _, last = text.partition("-")
    numbers = range(int(first), int(last or first) + 1)
    return numbers if len(numbers) <= MOST_PORTS else range(0)


def too_wide(compose: Model) -> list[str]:
    """Exposed ranges that :func:`ports` leaves out."""
    return [
        text for text in map(str, compose.get("expose") or ()) if not _range(text.split("/")[0])
    ]


def port_name(number: int, kind: str) -> str:
    """A port's name in a Service."""
    return f"{kind.lower()}-{number}"


def resources(compose: Model) -> Model:
    """Limits as Compose has them; requests, by which the scheduler finds a node."""
    limits, asked = _figures(compose, "limits"), _figures(compose, "reservations")
    memory = _bytes(limits.get("memory") or compose.get("mem_limit"))
    cpu = _milli(limits.get("cpus") or compose.get("cpus"))
    least = _bytes(asked.get("memory") or compose.get("mem_reservation"))
    # Nothing may ask for more than it is allowed.
    wanted_memory = min(least or memory or LEAST_MEMORY, memory or sys.maxsize)
    wanted_cpu = min(_milli(asked.get("cpus")) or LEAST_CPU, cpu or sys.maxsize)
    found: Model = {"requests": {"cpu": f"{wanted_cpu}m", "memory": _size(wanted_memory)}}
    highest = {"cpu": f"{cpu}m"} if cpu else {}
    highest |= {"memory": _size(memory)} if memory else {}
    return {**found, "limits": highest} if highest else found


def _figures(compose: Model, kind: str) -> Model:
    found = ((compose.get("deploy") or {}).get("resources") or {}).get(kind)
    return found if isinstance(found, dict) else {}


def _bytes(size: object) -> int:
    """What Compose resolves every size to; 0 without one."""
    return max(0, int(str(size or 0)))


def _size(number: int) -> str:
    """Bytes in the unit in which people think."""
    return str(number) if number % MEBIBYTE else f"{number // MEBIBYTE}Mi"


def _milli(share: object) -> int:
    """Thousandths of a processor; 0 without a share."""
    return max(0, round(float(str(share or 0)) * 1000))


def _container_port(number: int, kind: str) -> Model:
    found: Model = {"containerPort": number}
    return found if kind == "TCP" else {**found, "protocol": kind}


def _reference(name: str, key: str, cluster: Cluster) -> Model:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": cluster.secret, "key": key}}}


def _security(compose: Model) -> Model:
    return dict(_rights(compose))


def _rights(compose: Model) -> Iterator[tuple[str, Any]]:
    user, group = user_and_group(compose)
    if user != 0:
        yield "runAsNonRoot", True
    if user is not None:
        yield "runAsUser", user
    if group is not None:
        yield "runAsGroup", group
    if compose.get("read_only"):
        yield "readOnlyRootFilesystem", True
    if compose.get("privileged"):
        yield "privileged", True
    elif no_new_privileges(compose) and "SYS_ADMIN" not in _names(compose, "cap_add"):
        yield "allowPrivilegeEscalation", False
    changes = {kind: _names(compose, f"cap_{kind}") for kind in ("drop", "add")}
    if any(changes.values()):
        yield "capabilities", {kind: names for kind, names in changes.items() if names}


def user_and_group(compose: Model) -> tuple[int | None, int | None]:
    """Numbers of Compose's ``user``; None for what is a name, or is left to the image."""
    user, _, group = str(compose.get("user") or "").partition(":")
    numbers = [int(one) if re.fullmatch(r"\d{1,9}", one) else None for one in (user, group)]
    return (0 if user == "root" else numbers[0]), (0 if group == "root" else numbers[1])


def no_new_privileges(compose: Model) -> bool:
    """Compose forbids that a program gets more rights than the one that starts it."""
    texts = {str(one).replace("=", ":") for one in compose.get("security_opt") or ()}
    return bool(texts & {"no-new-privileges", "no-new-privileges:true"})


def _names(compose: Model, key: str) -> list[str]:
    return [str(one).upper().removeprefix("CAP_") for one in compose.get(key) or ()]
