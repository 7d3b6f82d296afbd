"""The objects of one service: ConfigMap, Deployment or Job, Service, PodDisruptionBudget."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from hitless.domain.container import Role
from hitless.domain.errors import NotExportable
from hitless.export.container import MOST_PORTS, container, port_name, ports, user_and_group
from hitless.export.mounts import named, volumes_and_mounts
from hitless.export.names import label
from hitless.export.vault import variables
from hitless.export.yaml_text import Why

if TYPE_CHECKING:
    from hitless.domain.settings import Settings
    from hitless.export.part import Cluster, Part
    from hitless.export.vault import Variables, Vault

FOR_IMAGES = 60  # seconds in which a node gets an image that it does not have
DAY = 86_400
# kubectl keeps what it applied in an annotation as well, and that holds 256 KiB.
MOST_CONFIG = 240 * 1024
NOBODY_LEAVES = "Nobody leaves before somebody else is ready."
NEVER_TWICE = (
    "The old one has stopped before the new one starts, as handover in hitless.yaml asks for. A "
    "Deployment promises that for updates; when a node is lost, two may run until it is back."
)
GIVES_UP = "Then `kubectl rollout status` fails: timing.ready, and a minute to get the image."
TO_THE_KILL = {
    Role.WEB: "The sleep in preStop, then timing.drain or stop_grace_period, and some to spare.",
    Role.WORKER: "stop_timeout or stop_grace_period, and some to spare.",
    Role.MIGRATION: "stop_grace_period.",
}
NOT_FIRST = (
    "What `init: true` was for: the program is not process 1, so that it hears SIGTERM while it "
    "boots, and somebody else reaps its children."
)
NO_LINKS = "Variables such as API_PORT for every Service; programs take them for their own."
CHANGES = "Another text here restarts the pods one by one: variables are read at the start only."
EVICTS = "Maintenance of a node takes one pod at a time."
TOGETHER = "Docker's usual filter of system calls; Kubernetes applies it only when asked."
Model = dict[str, Any]


def workload(
    part: Part, cluster: Cluster, known: Vault, model: Model, settings: Settings
) -> list[Model]:
    """All objects of a service, what others need first.

    Raises:
        NotExportable: when its variables do not fit into a ConfigMap.
    """
    found = variables(part, known, cluster.version)
    pod = _pod(part, cluster, known, found, model)
    objects = [_config(part, cluster, found)]
    if part.role is Role.MIGRATION:
        return [*objects, _job(part, cluster, pod)]
    objects.append(_deployment(part, cluster, pod, found, settings))
    if part.role is Role.WEB:
        objects.append(_service(part, cluster))
    if part.replicas > 1:
        objects.append(_budget(part, cluster))
    return objects


def job_name(cluster: Cluster, part: Part) -> str:
    """The migration's name: another one for each version, for a Job cannot be changed."""
    return label(f"{cluster.app}-{part.name}-{cluster.version}")


def _config(part: Part, cluster: Cluster, found: Variables) -> Model:
    size = sum(len(text.encode()) for pair in found.plain.items() for text in pair)
    if size > MOST_CONFIG:
        raise NotExportable(
            f"the variables of service {part.service!r} take {size // 1024} KiB, "
            f"and a ConfigMap that kubectl applies holds {MOST_CONFIG // 1024} KiB",
            "move the longest one into a file of the image",
        )
    name = cluster.meta(f"{part.name}-env", part.labels)
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": name, "data": found.plain}


def _deployment(
    part: Part, cluster: Cluster, pod: Model, found: Variables, settings: Settings
) -> Model:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": cluster.meta(part.name, part.labels),
        "spec": {
            "replicas": part.replicas,
            "revisionHistoryLimit": settings.retain,
            "progressDeadlineSeconds": Why(GIVES_UP, part.starts + FOR_IMAGES),
            "selector": {"matchLabels": part.labels},
            "strategy": _strategy(part),
            "template": {
                "metadata": {
                    "labels": cluster.meta("", part.labels)["labels"],
                    "annotations": {"checksum/config": Why(CHANGES, _digest(found))},
                },
                "spec": pod,
            },
        },
    }


def _strategy(part: Part) -> Any:
    if not part.rolling:
        return Why(NEVER_TWICE, {"type": "Recreate"})
    rolling = {"maxUnavailable": 0, "maxSurge": 1}
    return {"type": "RollingUpdate", "rollingUpdate": Why(NOBODY_LEAVES, rolling)}


def _digest(found: Variables) -> str:
    text = json.dumps([found.plain, found.secret], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _pod(part: Part, cluster: Cluster, known: Vault, found: Variables, model: Model) -> Model:
    volumes, mounts = volumes_and_mounts(part, cluster, model)
    inner = container(part, cluster, known, found)
    pod: Model = {
        "terminationGracePeriodSeconds": Why(TO_THE_KILL[part.role], part.grace),
        "automountServiceAccountToken": False,
        "enableServiceLinks": Why(NO_LINKS, value=False),
    }
    if part.compose.get("init"):
        pod["shareProcessNamespace"] = Why(NOT_FIRST, value=True)
    pod["securityContext"] = _pod_security(part)
    pod["containers"] = [{**inner, "volumeMounts": mounts} if mounts else inner]
    return {**pod, "volumes": volumes} if volumes else pod


def _pod_security(part: Part) -> Model:
    found: Model = {"seccompProfile": Why(TOGETHER, {"type": "RuntimeDefault"})}
    user, group = user_and_group(part.compose)
    owner = group if group is not None else user
    return {**found, "fsGroup": owner} if owner and named(part) else found


def _job(part: Part, cluster: Cluster, pod: Model) -> Model:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": cluster.meta(job_name(cluster, part), part.labels),
        "spec": {
            "backoffLimit": Why("A migration that failed is looked at, not tried again.", 0),
            "activeDeadlineSeconds": Why("migrations.timeout of hitless.yaml.", part.starts),
            "ttlSecondsAfterFinished": DAY,
            "template": {
                "metadata": {"labels": cluster.meta("", part.labels)["labels"]},
                "spec": {"restartPolicy": "Never", **pod},
            },
        },
    }


def _service(part: Part, cluster: Cluster) -> Model:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": cluster.meta(part.name, part.labels),
        "spec": {
            "selector": part.labels,
            "ports": [_port(*one) for one in ports(part)[:MOST_PORTS]],
        },
    }


def _port(number: int, kind: str) -> Model:
    found: Model = {"name": port_name(number, kind), "port": number, "targetPort": number}
    return found if kind == "TCP" else {**found, "protocol": kind}


def _budget(part: Part, cluster: Cluster) -> Model:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": cluster.meta(part.name, part.labels),
        "spec": {
            "maxUnavailable": Why(EVICTS, 1),
            "selector": {"matchLabels": part.labels},
        },
    }
