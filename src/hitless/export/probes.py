"""How Kubernetes learns what a pod can do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hitless.documents.service import seconds
from hitless.export.part import literal
from hitless.export.vault import confidential
from hitless.export.yaml_text import Why

if TYPE_CHECKING:
    from hitless.export.part import Part
    from hitless.export.vault import Vault

NO_TEST = ("NONE", "CMD", "CMD-SHELL")
COMPOSE_SECONDS, COMPOSE_RETRIES = "30s", 3
LIVES = (
    "Only whether the process listens: what it depends on is the business of readiness. A probe "
    "that asked the database would restart every pod at once when the database is slow."
)
STARTS = "Until it listens nothing else is asked; timing.ready of hitless.yaml is how long."


def probes(part: Part, known: Vault) -> dict[str, Any]:
    """Readiness and, where there is a port, the two that restart a container."""
    if part.port is None or part.ready is None:
        found = _command(part, known)
        return {"readinessProbe": found} if found else {}
    listens = {"tcpSocket": {"port": part.port}}
    return {
        "startupProbe": Why(
            STARTS, {**listens, "periodSeconds": 1, "failureThreshold": max(part.starts, 1)}
        ),
        "readinessProbe": {
            "httpGet": {"path": part.ready, "port": part.port},
            "periodSeconds": 2,
            "timeoutSeconds": 3,
        },
        "livenessProbe": Why(LIVES, {**listens, "periodSeconds": 10, "timeoutSeconds": 3}),
    }


def _command(part: Part, known: Vault) -> dict[str, Any]:
    """The healthcheck of Compose; a probe's command knows no variables, so no secret either."""
    check, words = part.compose.get("healthcheck") or {}, test(part)
    if not words or confidential(words, known):
        return {}
    return {
        "exec": {"command": words},
        "periodSeconds": _whole(check.get("interval") or COMPOSE_SECONDS),
        "timeoutSeconds": _whole(check.get("timeout") or COMPOSE_SECONDS),
        "failureThreshold": int(check.get("retries") or COMPOSE_RETRIES),
    }


def test(part: Part) -> list[str]:
    """The healthcheck's command line; empty without one."""
    check = part.compose.get("healthcheck") or {}
    kind, *words = check.get("test") or ["NONE"]
    if check.get("disable") or kind not in NO_TEST[1:]:
        return []
    shell = ["/bin/sh", "-c"] if kind == "CMD-SHELL" else []
    return [*shell, *(literal(word) for word in words)] if words else []


def _whole(duration: object) -> int:
    return max(1, math.ceil(seconds(str(duration)) or 0))
