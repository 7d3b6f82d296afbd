"""Jobs change hands before requests do.

New code may enqueue jobs of a new form the moment it gets traffic, and old workers
must not receive those. Old jobs are safe for new workers by the N-1 rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.readiness import wait_ready
from hitless.deploy.slots import UNDER_WAY, stop
from hitless.domain.container import Role
from hitless.domain.errors import NotHealthy, QueueNotQuiet, QueueUnknown, WorkersNotReady
from hitless.domain.journal import Kind
from hitless.domain.settings import Handover
from hitless.stack.layout import instances

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.release import Release
    from hitless.stack.layout import Instance


class HandOverWorkers:
    """Lets the release's workers take the jobs over; the old ones finish what they run.

    Undo starts the old workers again and stops the new ones; no job is lost.
    """

    name = "worker handover"

    def do(self, ctx: Context) -> Facts:
        """Per worker: overlap, or stop the old one first; then the broker has the last word."""
        overlap, stop_first = _by_handover(ctx)
        asked = _brokers_tell(ctx)
        codes: dict[str, int | None] = {}
        if overlap:
            _start(ctx, overlap)
            codes |= _stop_others(ctx, overlap)
        if stop_first:
            codes |= _stop_others(ctx, stop_first)
            _start(ctx, stop_first)
        codes |= _stop_others(ctx, ())
        facts: Facts = {"started": [one.name for one in overlap + stop_first], "stopped": codes}
        return facts | ({"queues": _wait_quiet(ctx, codes)} if asked else {})

    def undo(self, ctx: Context) -> None:
        """The old containers were kept, so starting them is mostly all it takes."""
        new = ctx.containers(ctx.slot, Role.WORKER)
        alone = [container for container in new if _never_two(ctx, container.service_name)]
        for container in alone:
            stop(ctx, container)
        if ctx.previous:
            _start_again(ctx, ctx.previous)
        for container in new:
            if container not in alone:
                stop(ctx, container)


def _start_again(ctx: Context, previous: Release) -> None:
    old = [c for c in ctx.containers(ctx.slot.other, Role.WORKER) if c.release == previous.id]
    for container in old:
        ctx.world.engine.start(container.id)
    wanted = {one.name for one in instances(previous.settings) if one.role is Role.WORKER}
    gone = len(wanted) > len(old)
    if gone and any(c.release == previous.id for c in ctx.containers(ctx.slot.other, Role.WEB)):
        from hitless.deploy.bring_back import of_previous  # noqa: PLC0415  # hardly ever needed

        before, slot = of_previous(ctx, previous), ctx.slot.other
        names = tuple(f"{slot}-{name}" for name in sorted(wanted))
        ctx.world.compose.up(ctx.layout.project(slot), before.slot_model(), names)


def _never_two(ctx: Context, service: str) -> bool:
    """One of the two releases demands that its worker never runs beside another."""
    settings = [ctx.release.settings] + ([ctx.previous.settings] if ctx.previous else [])
    found = [one.workers[service].handover for one in settings if service in one.workers]
    return any(handover is not Handover.OVERLAP for handover in found)


def _by_handover(ctx: Context) -> tuple[tuple[Instance, ...], tuple[Instance, ...]]:
    wanted = ctx.instances(Role.WORKER)
    overlap = tuple(i for i in wanted if not _never_two(ctx, i.service))
    return overlap, tuple(i for i in wanted if i not in overlap)


def _brokers_tell(ctx: Context) -> bool:
    """There is a broker to ask, and in a deploy it answers."""
    if not any(worker.queue for worker in ctx.release.settings.workers.values()):
        return False
    if ctx.deploy.kind is Kind.DEPLOY:
        from hitless.deploy.quiesce import check_brokers  # noqa: PLC0415  # not for a rollback

        check_brokers(ctx)
    return True


def _wait_quiet(ctx: Context, codes: dict[str, int | None]) -> Facts:
    """A rollback goes through whatever the broker says: users and workers want it."""
    from hitless.deploy.quiesce import wait_quiet  # noqa: PLC0415  # only with a queue to ask

    try:
        return wait_quiet(ctx, codes)
    except (QueueNotQuiet, QueueUnknown) as error:
        if ctx.deploy.kind is Kind.DEPLOY:
            raise
        ctx.world.reporter.say(error.message)
        return {"unsettled": error.message}


def _start(ctx: Context, wanted: tuple[Instance, ...]) -> None:
    kept = {c.name: c for c in ctx.containers(ctx.slot, Role.WORKER) if c.release == ctx.release.id}
    names = {one: ctx.layout.container(ctx.slot, one) for one in wanted}
    missing = tuple(f"{ctx.slot}-{one.name}" for one in wanted if names[one] not in kept)
    for one in wanted:
        if names[one] in kept:
            ctx.world.engine.start(kept[names[one]].id)
    if missing:
        ctx.world.compose.up(ctx.layout.project(ctx.slot), ctx.slot_model(), missing)
    try:
        wait_ready(ctx, wanted, answers=3)
    except NotHealthy as error:
        raise WorkersNotReady(error.message, error.hint, error.details) from error


def _stop_others(ctx: Context, successors: tuple[Instance, ...]) -> dict[str, int | None]:
    """Stop, but keep, the other slot's workers of these services; of all when none given."""
    services = {one.service for one in successors}
    return {
        container.name: stop(ctx, container)
        for container in ctx.containers(ctx.slot.other, Role.WORKER)
        if container.state in UNDER_WAY and (not services or container.service_name in services)
    }
