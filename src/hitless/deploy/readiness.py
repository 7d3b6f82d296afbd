"""Waiting until containers can serve: our own probe, not Docker's.

Docker asks once per interval, a FastAPI service is ready half a second after its
start: asking every 20 ms through the edge's control listener tells at once, and asks
on the very way that users' requests will take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.errors import NotHealthy
from hitless.domain.journal import Kind
from hitless.domain.verdict import sick_container
from hitless.stack.layout import direct_path, in_order

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

    All are asked at once, but nobody before those whom it depends on are ready: a proxy in
    the slot would remember that they refused it, and refuse others for seconds.

    Raises:
        NotHealthy: when the time is over, or a container restarted or exited; the
            end of its log is in ``details``.
    """
    deadline = ctx.world.clock.monotonic() + ctx.release.settings.timing.ready
    port = ctx.control_port()
    for group in in_order(wanted, ctx.release.compose):
        left = [_Watch(ctx, instance, deadline) for instance in group]
        while left:
            _ask_all(ctx, port, left)
            left = [one for one in left if not one.is_ready(answers)]
            if left:
                ctx.world.clock.sleep(ASK_AGAIN)


def _ask_all(ctx: Context, port: int, watches: Sequence[_Watch]) -> None:
    """One question to each that has a path to ask for; the engine is asked for the others."""
    asked = [(one, path) for one in watches if (path := one.path())]
    answers = ctx.world.http.get_all(port, [path for _, path in asked], {}) if asked else ()
    for (one, _), answer in zip(asked, answers, strict=True):
        one.hear(answer)
    for one in watches:
        if one.path() is None:
            one.look_for_itself()


class _Watch:
    """One container on its way to being ready."""

    def __init__(self, ctx: Context, instance: Instance, deadline: float) -> None:
        self._ctx = ctx
        self._instance = instance
        self._deadline = deadline
        self._began = ctx.world.clock.monotonic()
        self._looked = 0.0
        self._last = "no answer yet"
        self._good = 0
        self._questions = 0
        # What an earlier release went through before counts for nothing when it is wanted back.
        self._old = ctx.deploy.kind is Kind.ROLLBACK
        self._restarts: int | None = None if self._old else 0

    def path(self) -> str | None:
        """Where it is asked; None when its own healthcheck decides."""
        ready = self._ready_path()
        return None if ready is None else direct_path(self._ctx.slot, self._instance.name) + ready

    def hear(self, answer: Answer) -> None:
        """What it said."""
        self._last = str(answer)
        self._count(good=answer.ok)

    def look_for_itself(self) -> None:
        """What its own healthcheck says."""
        self._count(good=self._ready_by_engine())

    def is_ready(self, answers: int) -> bool:
        """There were enough good answers in a row, from a container that is well."""
        if self._good >= answers:
            # An earlier release that answered each time has run all the while: it is hot.
            if not self._old or self._good < self._questions:
                self._check_container()
            return True
        self._check_time()
        self._look_now_and_then()
        return False

    def _count(self, *, good: bool) -> None:
        self._questions += 1
        self._good = self._good + 1 if good else 0

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
        if self._restarts is None:
            self._restarts = found.restarts
        container = found._replace(restarts=found.restarts - self._restarts)
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
