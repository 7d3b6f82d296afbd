"""CP14: thirty megabytes of logs a service, in three files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.registry import fix
from hitless.fix.services import found, put

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP14")
def no_log_rotation(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Limit the files of the json-file driver."""
    for service, _ in found(repository, findings):
        if service.node.get("logging") is None:
            options = {"max-size": "10m", "max-file": "3"}
            yield put(service, ("logging",), {"driver": "json-file", "options": options})
        else:
            for key, value in (("max-file", "3"), ("max-size", "10m")):
                if service.node.get("logging", "options", key) is None:
                    yield put(service, ("logging", "options", key), value)
