"""Old workers are done when the broker says so, not when they say so.

All workers of a service share one durable consumer, so the broker's count of what is in
flight is that of old and new together. What the old ones were given has a place in the
stream, though: once everything up to the last message that was delivered before their
end is acknowledged, nothing of theirs is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.slots import KILLED
from hitless.domain.container import Role
from hitless.domain.errors import QueueNotQuiet, QueueUnknown
from hitless.domain.queue import MONITORING, consumer
from hitless.domain.settings import QueueType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.container import Container
    from hitless.domain.queue import Consumer
    from hitless.domain.settings import Queue, Settings

LOOK_AGAIN = 0.2
# Whichever of the two the image has; some images of brokers hold nothing but the broker.
FETCH = 'wget -qO- -T 5 "$0" 2>/dev/null || curl -fsS -m 5 "$0"'


def check_brokers(ctx: Context) -> None:
    """Whether the brokers tell what is in flight, before a worker that uses them is stopped.

    Raises:
        QueueUnknown: when one does not.
    """
    before = dict(queues(ctx.previous.settings)) if ctx.previous else {}
    for name, queue in queues(ctx.release.settings):
        # The first worker of a queue makes its consumer.
        if before.get(name) == queue and _state(ctx, queue) is None:
            raise _unknown(queue)


def wait_quiet(ctx: Context, stopped: Mapping[str, int | None]) -> Facts:
    """Return when nothing of the old workers is in flight, and the new ones take jobs.

    Args:
        ctx: The deploy; the old workers have ended, the new ones are ready.
        stopped: The old containers and their exit codes; None where one is gone.

    Raises:
        QueueNotQuiet: when an old worker was killed and its jobs were not done by another
            one in time, or when the new ones take no jobs.
        QueueUnknown: when a broker does not tell.
    """
    return {
        name: _settled(ctx, name, queue, stopped) for name, queue in queues(ctx.release.settings)
    }


def queues(settings: Settings) -> Iterator[tuple[str, Queue]]:
    """The queues that can be asked, by worker."""
    for name, worker in settings.workers.items():
        if worker.queue and worker.queue.type is QueueType.JETSTREAM:
            yield name, worker.queue


def _settled(ctx: Context, name: str, queue: Queue, stopped: Mapping[str, int | None]) -> str:
    first = _until(ctx, queue, ctx.release.settings.timing.ready, lambda _: True)
    mark = first.delivered
    limit = ctx.release.settings.timing.ready + ctx.release.settings.workers[name].stop_timeout
    found = _until(ctx, queue, limit, lambda now: now.quiet(mark) and now.served(mark))
    if not found.served(mark):
        raise QueueNotQuiet(
            f"the new workers of {name!r} are ready, but take no jobs after {limit:g} s ({found})",
            f'see what they logged with "hitless logs --slot {ctx.slot}"',
        )
    if not found.quiet(mark) and KILLED in stopped.values():
        raise QueueNotQuiet(
            f"an old worker was killed, and what it had taken from {queue.stream!r} is not "
            f"done after {limit:g} s ({found})",
            f"give {name!r} a stop_timeout that is longer than its longest job",
        )
    if not found.quiet(mark):  # a job that fails again and again is no reason to keep a release
        ctx.world.reporter.say(f"{name}: jobs from before the handover are still open: {found}")
    return str(found)


def _until(ctx: Context, queue: Queue, limit: float, good: Callable[[Consumer], bool]) -> Consumer:
    clock = ctx.world.clock
    deadline = clock.monotonic() + limit
    while True:
        found = _state(ctx, queue)
        if found and good(found):
            return found
        if clock.monotonic() >= deadline:
            break
        clock.sleep(LOOK_AGAIN)
    if found is None:
        raise _unknown(queue)
    return found


def _state(ctx: Context, queue: Queue) -> Consumer | None:
    url = f"http://{queue.service}:{queue.monitor}{MONITORING}"
    for container in _who_can_ask(ctx, queue):
        output = ctx.world.engine.run_in(container.id, ("sh", "-c", FETCH, url))
        found = consumer(output.text, queue.stream, queue.consumer)
        if found:
            return found
    return None


def _who_can_ask(ctx: Context, queue: Queue) -> list[Container]:
    """The edge, which is on the network of the broker, and the broker itself."""
    found = [c for c in ctx.world.engine.containers(ctx.layout.service) if c.running]
    brokers = [c for c in found if c.role == Role.ACCESSORY and c.service_name == queue.service]
    return [c for c in found if c.role == Role.EDGE] + brokers


def _unknown(queue: Queue) -> QueueUnknown:
    return QueueUnknown(
        f"{queue.service!r} does not tell of consumer {queue.consumer!r} of stream "
        f"{queue.stream!r} on port {queue.monitor}",
        f'start it with "--http_port {queue.monitor}", or correct the key queue of the worker',
    )
