"""From the outbox to JetStream: every row once, in order, as soon as NATS answers."""

import asyncio

import structlog
from nats.errors import Error as NatsError
from sqlalchemy import Row, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from taskiq.kicker import AsyncKicker

from app.database import Database
from app.errors import UnavailableError
from app.models import Outbox
from app.worker.broker import JobBroker

EVERY_SECONDS = 1.0
BATCH = 100
KEEP = "2 days"
PUBLISH_SECONDS = 3.0

log = structlog.get_logger()


class Relay:
    """Publishes unsent rows every second, or at once when hinted."""

    def __init__(self, database: Database, broker: JobBroker) -> None:
        self._database = database
        self._broker = broker
        self._hint = asyncio.Event()

    def hint(self) -> None:
        """Look now instead of within a second."""
        self._hint.set()

    async def run(self) -> None:
        """Publish until cancelled; what cannot be published now is published later."""
        while True:
            self._hint.clear()
            try:
                while await self._publish_some() == BATCH:
                    pass
            except (UnavailableError, NatsError, OSError, TimeoutError) as error:
                log.warning("outbox_waits", reason=repr(error))
                await asyncio.sleep(EVERY_SECONDS)
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(EVERY_SECONDS):
                await self._hint.wait()
        except TimeoutError:
            return

    async def _publish_some(self) -> int:
        """Publish one batch; its rows are locked, so that two workers do not do the same.

        A crash between publishing and committing publishes again: JetStream drops the second by
        its Nats-Msg-Id, and the job itself is a no-op the second time.
        """
        async with self._database.transaction() as connection:
            rows = await _unsent(connection)
            await asyncio.gather(*(self._publish(row) for row in rows))
            sent = update(Outbox).where(Outbox.id.in_([row.id for row in rows]))
            if rows:
                await connection.execute(sent.values(sent_at=func.now()))
        return len(rows)

    async def _publish(self, row: Row[int, str, dict[str, object], str]) -> None:
        labels = {"Nats-Msg-Id": row.msg_id}
        kicker: AsyncKicker[..., object] = AsyncKicker(row.subject, self._broker, labels)
        async with asyncio.timeout(PUBLISH_SECONDS):
            await kicker.with_task_id(row.msg_id).kiq(row.payload)

    async def forget_old(self) -> None:
        """Delete rows that were sent long ago."""
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(Outbox).where(Outbox.sent_at < text(f"now() - interval '{KEEP}'"))
            )


async def _unsent(
    connection: AsyncConnection,
) -> list[Row[int, str, dict[str, object], str]]:
    query = (
        select(Outbox.id, Outbox.subject, Outbox.payload, Outbox.msg_id)
        .where(Outbox.sent_at.is_(None))
        .order_by(Outbox.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return list((await connection.execute(query)).all())
