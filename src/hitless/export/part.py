"""One service of the user on its way into a cluster."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hitless.documents.service import seconds
from hitless.domain.container import Role
from hitless.domain.settings import Handover

if TYPE_CHECKING:
    from hitless.domain.settings import Settings

PRE_STOP = 5
SPARE = 5  # between the end of a drain and the kill
COMPOSE_GRACE = "10s"


@dataclass(frozen=True, slots=True)
class Cluster:
    """What all manifests of one export have in common.

    Attributes:
        app: The service's name in hitless.yaml, as a DNS label.
        version: The user's name for what is exported.
        namespace: Empty for the one that kubectl uses.
        names: Compose service → name in the cluster.
    """

    app: str
    version: str
    namespace: str
    names: dict[str, str]

    @property
    def secret(self) -> str:
        """The Secret with the values of variables, which no file holds."""
        return f"{self.app}-secrets"

    def meta(self, name: str, labels: dict[str, str] | None = None) -> dict[str, Any]:
        """The metadata of an object."""
        place = {"namespace": self.namespace} if self.namespace else {}
        named = {"app.kubernetes.io/part-of": self.app}
        return {"name": name, **place, "labels": {**(labels or {}), **named}}


@dataclass(frozen=True, slots=True)
class Part:
    """A service that becomes a Deployment, or the migration that becomes a Job.

    Attributes:
        service: Its name in Compose.
        name: Its name in the cluster.
        compose: Its part of the resolved Compose model.
        port: Where it answers; None for what only works.
        ready: The path of its readiness endpoint.
        rolling: Old and new may run at once.
        grace: Seconds from the first notice of an end to the kill.
        starts: Seconds from the start until it must be ready.
    """

    service: str
    name: str
    role: Role
    compose: dict[str, Any]
    replicas: int
    port: int | None
    ready: str | None
    rolling: bool
    grace: int
    starts: int

    @property
    def labels(self) -> dict[str, str]:
        """What tells its pods from those of others."""
        kind = {"app.kubernetes.io/component": str(self.role)}
        return {"app.kubernetes.io/name": self.name, **kind}


def parts(
    model: dict[str, Any], settings: Settings, names: dict[str, str], replicas: int
) -> tuple[Part, ...]:
    """Web services, workers and the migration, in a stable order.

    Args:
        model: The resolved Compose model.
        settings: hitless.yaml.
        names: Compose service → name in the cluster.
        replicas: How many pods each web service has at least.
    """
    services, starts = model["services"], math.ceil(settings.timing.ready)
    found = []
    for name, web in sorted(settings.web.items()):
        grace = PRE_STOP + SPARE + max(settings.timing.drain, stop_grace(services[name]))
        many = max(replicas, web.replicas)
        found.append(
            Part(
                name, names[name], Role.WEB, services[name], many, web.port, web.ready,
                rolling=True, grace=math.ceil(grace), starts=starts,
            )
        )  # fmt: skip
    for name, job in sorted(settings.workers.items()):
        grace = SPARE + max(job.stop_timeout, stop_grace(services[name]))
        rolling = job.handover is Handover.OVERLAP
        found.append(
            Part(
                name, names[name], Role.WORKER, services[name], job.replicas, job.port, job.ready,
                rolling=rolling, grace=math.ceil(grace), starts=starts,
            )
        )  # fmt: skip
    return (*found, *_migration(model, settings))


def _migration(model: dict[str, Any], settings: Settings) -> tuple[Part, ...]:
    wanted = settings.migrations
    if wanted is None:
        return ()
    compose = dict(model["services"][wanted.service])
    if wanted.command:
        compose["command"] = list(wanted.command)
    return (
        Part(
            wanted.service, "migration", Role.MIGRATION, compose, 1, None, None,
            rolling=False, grace=math.ceil(stop_grace(compose)), starts=math.ceil(wanted.timeout),
        ),
    )  # fmt: skip


def stop_grace(compose: dict[str, Any]) -> float:
    """Seconds that Compose gives a container to end."""
    return seconds(str(compose.get("stop_grace_period") or COMPOSE_GRACE)) or 0.0


def literal(text: object) -> str:
    """What Compose means: a dollar is doubled where a model is written down."""
    return str(text).replace("$$", "$")
