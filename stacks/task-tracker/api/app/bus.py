"""NATS without guarantees: hints between processes that something is worth looking at."""

import asyncio
from collections.abc import Callable

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

EVENTS = "hint.events"
OUTBOX = "hint.outbox"
JOBS_STREAM = "TASKS"
JOBS_CONSUMER = "workers"

log = structlog.get_logger()


class Bus:
    """A connection that may be absent: hints are then simply not sent."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._client = Client()
        self._listeners: dict[str, Callable[[], None]] = {}

    @property
    def connected(self) -> bool:
        """Whether NATS can be reached right now."""
        return self._client.is_connected

    def on_hint(self, subject: str, callback: Callable[[], None]) -> None:
        """Call back at each hint; register before `run`."""
        self._listeners[subject] = callback

    async def run(self) -> None:
        """Connect, however long that takes, and stay connected until cancelled."""
        await self._client.connect(
            self._url,
            name=self._name,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=2,
            ping_interval=5,
            max_outstanding_pings=2,
            error_cb=_log_error,
        )
        for subject, callback in self._listeners.items():
            await self._client.subscribe(subject, cb=_calling(callback))
        await asyncio.Event().wait()

    async def hint(self, *subjects: str) -> None:
        """Tell the others; without NATS they find out by themselves within a second."""
        if not self.connected:
            return
        try:
            for subject in subjects:
                await self._client.publish(subject)
        except (NatsError, OSError) as error:
            log.info("hint_not_sent", reason=repr(error))

    async def queue_depth(self) -> dict[str, int] | None:
        """Return pending, running and redelivered jobs; None when NATS does not answer."""
        if not self.connected:
            return None
        try:
            jetstream = self._client.jetstream(timeout=1)
            consumer = await jetstream.consumer_info(JOBS_STREAM, JOBS_CONSUMER)
        except (NatsError, OSError, TimeoutError):
            return None
        return {
            "pending": consumer.num_pending or 0,
            "running": consumer.num_ack_pending or 0,
            "redelivered": consumer.num_redelivered or 0,
        }

    async def close(self) -> None:
        """Close the connection, if there ever was one."""
        if self._client.is_connected or self._client.is_reconnecting:
            await self._client.close()


def _calling(callback: Callable[[], None]) -> Callable[[Msg], "asyncio.Future[None]"]:
    async def received(_: Msg) -> None:
        callback()

    return received  # type: ignore[return-value]


async def _log_error(error: Exception) -> None:
    log.info("nats_error", reason=repr(error))
