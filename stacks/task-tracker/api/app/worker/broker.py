"""TaskIQ on a JetStream work queue, made to lose nothing.

What is added to taskiq-nats: a failed job is delivered again (TaskIQ would acknowledge it), a job
this release does not know goes to another worker (TaskIQ would drop it), an absent NATS is waited
for, and a stopping worker gives back what it was just handed.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from typing import Any

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StorageType, StreamConfig
from taskiq import AckableMessage, AsyncTaskiqDecoratedTask, TaskiqMessage, TaskiqResult
from taskiq.abc.middleware import TaskiqMiddleware
from taskiq_nats import PullBasedJetStreamBroker

from app.bus import JOBS_CONSUMER, JOBS_STREAM
from app.settings import Settings

SUBJECT = "tasks.jobs"
MAX_DELIVER = 5
FETCH_SECONDS = 1.0
RETRY_SECONDS = 0.5
DUPLICATE_WINDOW_SECONDS = 600.0
MAX_AGE_SECONDS = 7 * 24 * 3600.0
MAX_BYTES = 256 * 1024 * 1024
_BACKOFF_SECONDS = (1.0, 3.0, 10.0, 20.0)

log = structlog.get_logger()
_job_failed: ContextVar[bool] = ContextVar("job_failed", default=False)


class UnknownJobError(Exception):
    """A job of a newer release; a worker of that release will do it."""


class JobWatch(TaskiqMiddleware):
    """Counts running jobs and remembers, for the acknowledgement that follows, that one raised."""

    def __init__(self) -> None:
        super().__init__()
        self.running = 0

    def pre_execute(self, message: TaskiqMessage) -> TaskiqMessage:
        """Count the job in."""
        self.running += 1
        return message

    def post_execute(self, message: TaskiqMessage, result: TaskiqResult[Any]) -> None:  # noqa: ARG002
        """Count the job out, whatever came of it."""
        self.running -= 1

    def on_error(
        self,
        message: TaskiqMessage,
        result: TaskiqResult[Any],  # noqa: ARG002
        exception: BaseException,
    ) -> None:
        """Mark the delivery that this task is working on."""
        _job_failed.set(True)
        log.warning("job_failed", job=message.task_name, id=message.task_id, reason=repr(exception))


class JobBroker(PullBasedJetStreamBroker):
    """The one queue of this application."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            settings.nats_url,
            subject=SUBJECT,
            stream_name=JOBS_STREAM,
            durable=JOBS_CONSUMER,
            stream_config=_stream(),
            consumer_config=_consumer(settings),
            pull_consume_timeout=FETCH_SECONDS,
            name="worker",
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=2,
            ping_interval=5,
            max_outstanding_pings=2,
            error_cb=_log_error,
        )
        self.watch = JobWatch()
        self.add_middlewares(self.watch)
        self.last_fetch: float | None = None
        """Monotonic time of the last answer of the queue; None before the first."""
        self.register_task(_refuse, task_name="unknown")

    def find_task(self, task_name: str) -> AsyncTaskiqDecoratedTask[Any, Any] | None:
        """Return the job of this name, or one that refuses, so that it is delivered again."""
        return super().find_task(task_name) or super().find_task("unknown")

    async def listen(self) -> AsyncGenerator[AckableMessage]:
        """Yield one delivery after the other; an absent NATS is waited for."""
        while True:
            try:
                message = await self._fetch()
            except NatsTimeoutError:
                self.last_fetch = time.monotonic()
                continue
            except (NatsError, OSError) as error:
                log.warning("queue_unavailable", reason=repr(error))
                await self._restore()
                continue
            self.last_fetch = time.monotonic()
            yield AckableMessage(data=message.data, ack=_settling(message))

    async def _fetch(self) -> Msg:
        fetching = asyncio.create_task(self.consumer.fetch(1, timeout=FETCH_SECONDS))
        try:
            (message,) = await asyncio.shield(fetching)
        except asyncio.CancelledError:
            await _give_back(fetching)
            raise
        return message

    async def _restore(self) -> None:
        """Make stream and consumer again in case NATS came back without them."""
        await asyncio.sleep(RETRY_SECONDS)
        try:
            await self._add_or_reuse_stream()
            await self._startup_consumer()
        except (NatsError, OSError) as error:
            log.info("queue_not_restored", reason=repr(error))


async def _give_back(fetching: "asyncio.Task[list[Msg]]") -> None:
    """Hand on, at once, a job that arrived while the worker was told to stop.

    The server keeps a pending request until it expires: without waiting for it, the job would be
    nobody's until the acknowledgement time is over.
    """
    try:
        for message in await fetching:
            await message.nak()
    except (NatsError, OSError):
        return


def _settling(message: Msg) -> Any:
    async def settle() -> None:
        if not _job_failed.get():
            await message.ack()
            return
        earlier = message.metadata.num_delivered - 1
        await message.nak(delay=_BACKOFF_SECONDS[min(earlier, len(_BACKOFF_SECONDS) - 1)])

    return settle


async def _refuse() -> None:
    raise UnknownJobError("this release does not know the job")


def _stream() -> StreamConfig:
    return StreamConfig(
        name=JOBS_STREAM,
        subjects=[SUBJECT],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        max_age=MAX_AGE_SECONDS,
        max_bytes=MAX_BYTES,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
    )


def _consumer(settings: Settings) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=JOBS_CONSUMER,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=settings.ack_wait,
        max_deliver=MAX_DELIVER,
        max_ack_pending=1000,
    )


async def _log_error(error: Exception) -> None:
    log.info("nats_error", reason=repr(error))
