"""Waiting until containers can serve: our own probe, not Docker's.

Docker asks once per interval, a FastAPI service is ready half a second after its
start: asking every 20 ms through the edge's control listener tells at once, and asks
on the very way that users' requests will take.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.errors import NotHealthy
from hitless.domain.journal import Kind
from hitless.domain.verdict import sick_container
from hitless.stack.edge import direct_path
from hitless.stack.layout import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hitless.deploy.context import Context
    from hitless.domain.answer import Answer
    from hitless.domain.container import Container
    from hitless.stack.layout import Instance

ASK_AGAIN = 0.02
LOOK_AGAIN = 0.25
SETTLED = 2.0
LOG_LINES = 20


def wait_ready(ctx: Context, wanted: Sequence[Instance], answers: int) -> None:
    """Return when each container gave ``answers`` good answers in a row.

    Nobody is asked before those whom it depends on are ready: a proxy in the slot would
    remember that they refused it, and refuse others for seconds.

    Raises:
        NotHealthy: when the time is over, or a container restarted or exited; the
            end of its log is in ``details``.
    """
    deadline = ctx.world.clock.monotonic() + ctx.release.settings.timing.ready
    port = ctx.control_port()
    for instance in in_order(wanted, ctx.release.compose):
        _Watch(ctx, instance, port, deadline).until_ready(answers)


class _Watch:
    """One container on its way to being ready."""

    def __init__(self, ctx: Context, instance: Instance, port: int, deadline: float) -> None:
        self._ctx = ctx
        self._instance = instance
        self._port = port
        self._deadline = deadline
        self._began = ctx.world.clock.monotonic()
        self._looked = 0.0
        self._last = "no answer yet"
        # What an earlier release went through before counts for nothing when it is wanted back.
        old = ctx.deploy.kind is Kind.ROLLBACK
        self._restarts = self._container().restarts if old else 0

    def until_ready(self, answers: int) -> None:
        """Ask until there were enough good answers in a row."""
        clock, good = self._ctx.world.clock, 0
        while good < answers:
            good = good + 1 if self._ready() else 0
            if good < answers:
                self._check_time()
                clock.sleep(ASK_AGAIN)
        self._check_container()

    def _ready(self) -> bool:
        self._look_now_and_then()
        path = self._ready_path()
        if path is None:
            return self._ready_by_engine()
        answer = self._ask(path)
        self._last = str(answer)
        return answer.ok

    def _ask(self, path: str) -> Answer:
        direct = direct_path(self._ctx.slot, self._instance.name) + path
        return self._ctx.world.http.get(self._port, direct, {})

    def _ready_path(self) -> str | None:
        settings = self._ctx.release.settings
        if self._instance.role is Role.WEB:
            return settings.web[self._instance.service].ready
        return settings.workers[self._instance.service].ready

    def _ready_by_engine(self) -> bool:
        """Its own healthcheck; without one, that it kept running for a while."""
        container = self._container()
        self._last = container.health or container.state
        if container.health:
            return container.health == "healthy"
        return self._ctx.world.clock.monotonic() - self._began >= SETTLED

    def _look_now_and_then(self) -> None:
        now = self._ctx.world.clock.monotonic()
        if now - self._looked >= LOOK_AGAIN:
            self._looked = now
            self._check_container()

    def _check_container(self) -> None:
        # While it starts, its healthcheck may well fail: only the deadline judges that.
        found = self._container()
        container = replace(found, restarts=found.restarts - self._restarts)
        sick = "" if container.health == "unhealthy" else sick_container([container])
        if sick:
            raise self._not_healthy(sick)

    def _check_time(self) -> None:
        if self._ctx.world.clock.monotonic() >= self._deadline:
            limit = self._ctx.release.settings.timing.ready
            raise self._not_healthy(f"not ready after {limit:g} s, last answer: {self._last}")

    def _container(self) -> Container:
        name = self._ctx.layout.container(self._ctx.slot, self._instance)
        return self._ctx.world.engine.inspect(name)

    def _not_healthy(self, why: str) -> NotHealthy:
        name = self._ctx.layout.container(self._ctx.slot, self._instance)
        tail = self._ctx.world.engine.logs(name, LOG_LINES)
        return NotHealthy(
            f"release {self._ctx.release} is not healthy: {self._instance.name}: {why}",
            f'see how it ended with "hitless show {self._ctx.deploy.id}"',
            tuple(tail.strip().splitlines()),
        )
