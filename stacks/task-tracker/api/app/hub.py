"""What one api process knows about the event log, and who waits for more of it.

NATS only says "look now": the events themselves always come from the log, in its order. So a
lost hint costs at most one second, and every process of both slots shows the same events.
"""

import asyncio
from collections import deque

import structlog

from app.database import Database
from app.errors import UnavailableError
from app.events import LoggedEvent, read_after, read_last_id

RING_SIZE = 1000
BATCH = 500
LOOK_EVERY_SECONDS = 1.0

log = structlog.get_logger()


class Hub:
    """Follows the log and wakes whoever waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ring: deque[LoggedEvent] = deque(maxlen=RING_SIZE)
        self._hint = asyncio.Event()
        self._changed = asyncio.Event()
        self._last_id: int | None = None
        self._reading = asyncio.Lock()
        self.draining = False

    def hint(self) -> None:
        """Look into the log now instead of within a second."""
        self._hint.set()

    def drain(self) -> None:
        """Let every waiting request finish now: the process is about to stop."""
        self.draining = True
        self._wake()

    async def run(self) -> None:
        """Follow the log until cancelled; an absent database is waited for."""
        while True:
            try:
                await self.catch_up()
            except UnavailableError as error:
                log.warning("event_log_unavailable", reason=str(error))
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_SECONDS):
                await self._hint.wait()
        except TimeoutError:
            return

    async def catch_up(self) -> int:
        """Read what is committed by now; return the number of the youngest event.

        A request calls this first, so that it sees what an earlier answer of another process
        promised, without waiting for the hint.

        Raises:
            UnavailableError: the database does not answer.
        """
        async with self._reading:
            self._hint.clear()
            if self._last_id is None:
                self._last_id = await read_last_id(self._database)
                self._wake()
            while fresh := await read_after(self._database, self._last_id, BATCH):
                self._ring.extend(fresh)
                self._last_id = fresh[-1].id
                self._wake()
            return self._last_id

    @property
    def last_id(self) -> int:
        """The number of the youngest event this process has seen, 0 before the first look."""
        return self._last_id or 0

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def since(self, after: int, limit: int = BATCH) -> list[LoggedEvent]:
        """Return events younger than `after`, oldest first, from memory where possible.

        Raises:
            UnavailableError: they are older than the memory and the database does not answer.
        """
        if self._last_id is not None and after >= self._last_id:
            return []
        if self._ring and self._ring[0].id <= after + 1:
            return [event for event in self._ring if event.id > after][:limit]
        return await read_after(self._database, after, limit)

    async def wait_beyond(self, after: int, seconds: float) -> bool:
        """Wait until an event younger than `after` exists; False when time or process ends."""
        try:
            async with asyncio.timeout(seconds):
                while not self.draining and (self._last_id is None or self._last_id <= after):
                    await self._changed.wait()
        except TimeoutError:
            return False
        return not self.draining
