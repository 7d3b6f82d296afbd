"""K801: readiness asks by HTTP, liveness only whether the port is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError
from hitless.fix.manifests import Wanted, of_containers
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step
    from hitless.fix.yaml_text import Value


@fix("K801")
def probes_missing_or_equal(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Let readiness ask what liveness asked, and liveness less."""
    yield from of_containers(repository, findings, _probes)


def _probes(container: Node) -> list[Wanted]:
    live = container.get("livenessProbe")
    if live is None:
        return [Wanted(("readinessProbe",), _open(_port(container)))]
    path, port = live.say("httpGet", "path"), live.say("httpGet", "port")
    if not path or not port:
        raise RefusedError("the liveness probe asks no path that readiness could ask")
    wanted = [Wanted(("livenessProbe",), _open(_typed(port)))]
    if container.get("readinessProbe") is None:
        asked: Value = {"httpGet": {"path": path, "port": _typed(port)}, "periodSeconds": 5}
        wanted.append(Wanted(("readinessProbe",), asked))
    return wanted


def _port(container: Node) -> Value:
    ports = [one.say("containerPort") for one in container.nodes("ports")]
    if not ports or not ports[0]:
        raise RefusedError("it names no port that could be asked")
    return _typed(ports[0])


def _open(port: Value) -> Value:
    return {"tcpSocket": {"port": port}, "periodSeconds": 10}


def _typed(port: str) -> Value:
    return int(port) if port.isdigit() else port
