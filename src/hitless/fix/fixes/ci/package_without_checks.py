"""CI15: there is something that CI can run: one test, and a look at the syntax."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.application import backends
from hitless.fix.attempt import attempt
from hitless.fix.first_tests import of_page, of_service
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CI15")
def package_without_checks(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Write the first test of each package; those that know the application are for people."""
    homes = set()
    services = {one.name: one for one in backends(repository)}
    for finding in findings:
        service = services.get(finding.subject)
        if service is None:
            yield attempt(finding.place, partial(of_page, repository, finding.place.path))
        elif service.build()[0] not in homes:  # services of one image share their tests
            homes.add(service.build()[0])
            yield attempt(finding.place, partial(of_service, repository, service))
