"""CP03: a service waits until another is healthy, not until it was started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.health import check_of, why_void
from hitless.fix.registry import fix
from hitless.fix.services import found, put, where
from hitless.fix.step import Refusal, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP03")
def depends_on_without_condition(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Give each entry of depends_on its condition."""
    for service, mine in found(repository, findings):
        names = {one.subject.partition(" → ")[2] for one in mine}
        sound = {one for one in names if not _why_void(repository, service, one)}
        for finding in mine:
            name = finding.subject.partition(" → ")[2]
            if name not in sound:
                why = _why_void(repository, service, name)
                yield Refusal(finding.place, f"the healthcheck of {name} proves nothing: {why}")
        yield from _steps(service, sound)


def _why_void(repository: Repository, service: Service, name: str) -> str:
    other = service.project.services[name]
    return why_void(check_of(repository, other))


def _steps(service: Service, healthy: set[str]) -> Iterator[Step]:
    entry = service.node.get("depends_on")
    if entry is None or not healthy:
        return
    if entry.is_map:
        for name in sorted(healthy):
            yield put(service, ("depends_on", name, "condition"), "service_healthy")
    elif all(one.path == where(service, "depends_on") for one in entry.items):
        # A list has no room for conditions: all of it becomes a mapping.
        yield put(service, ("depends_on",), _conditions(entry.texts(), healthy))
    else:
        yield refusal(entry, f"depends_on of {service} is spread over several files")


def _conditions(names: list[str], healthy: set[str]) -> dict[str, dict[str, str]]:
    return {
        name: {"condition": "service_healthy" if name in healthy else "service_started"}
        for name in names
    }
