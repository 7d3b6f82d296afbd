"""What the containers of a release on trial say of themselves."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.verdict import FAILED_CHECKS, sick_container
from hitless.stack.layout import direct_path

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.domain.answer import Answer
    from hitless.domain.container import Container
    from hitless.stack.layout import Instance

CHECK_TIMEOUT = 2.0


class Vitals:
    """The hard rules that need no traffic: states, restarts, memory, readiness.

    Args:
        ctx: A deploy whose release runs in its slot.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._checks: Counter[str] = Counter()
        self._forgiven: dict[str, Container] = {}

    @property
    def failed(self) -> int:
        """How many readiness checks failed of late."""
        return self._checks.total()

    def sick(self) -> str:
        """Which rule condemns the release now; empty when none does."""
        return sick_container(self._containers()) or self._failed_checks()

    def forgive(self) -> None:
        """Hold nothing against the release that was until now."""
        self._checks.clear()
        self._forgiven = {container.id: container for container in self._inspected()}

    def _inspected(self) -> tuple[Container, ...]:
        found = self._ctx.containers(self._ctx.slot, Role.WEB, Role.WORKER)
        return tuple(self._ctx.world.engine.inspect(container.id) for container in found)

    def _containers(self) -> tuple[Container, ...]:
        """As they are, without what they went through in an outage that was not theirs."""
        return tuple(self._without_forgiven(container) for container in self._inspected())

    def _without_forgiven(self, found: Container) -> Container:
        before = self._forgiven.get(found.id)
        if before is None:
            return found
        if found.health != "unhealthy":  # from now on its own healthcheck counts again
            self._forgiven[found.id] = before._replace(health="")
        forgiven = before.health == found.health == "unhealthy"
        health = "" if forgiven else found.health
        return found._replace(restarts=found.restarts - before.restarts, health=health)

    def _failed_checks(self) -> str:
        """One readiness check of each web container; too many failed ones in a row condemn."""
        for one in self._ctx.instances(Role.WEB):
            answer = self._check(one)
            self._checks[one.name] = 0 if answer.ok else self._checks[one.name] + 1
            if self._checks[one.name] >= FAILED_CHECKS:
                return f"{one.name} failed {FAILED_CHECKS} health checks, the last with: {answer}"
        return ""

    def _check(self, one: Instance) -> Answer:
        ready = self._ctx.release.settings.web[one.service].ready
        path = direct_path(self._ctx.slot, one.name) + ready
        return self._ctx.world.http.get(self._ctx.control_port(), path, {}, CHECK_TIMEOUT)
