"""Work that comes with time. Every worker asks; the outbox's key lets one ask through."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from app import events, outbox
from app.database import Database
from app.errors import UnavailableError
from app.worker.relay import Relay

LOOK_EVERY_SECONDS = 60.0

log = structlog.get_logger()


def due(now: datetime) -> tuple[tuple[outbox.Job, str], ...]:
    """Return the jobs of this hour and day, with the keys that make each happen once."""
    hour = now.strftime("%Y-%m-%dT%H")
    yesterday = (now - timedelta(days=1)).date().isoformat()
    return (
        (outbox.Job("rebuild_topics", {}), hour),
        (outbox.Job("daily_digest", {"day": yesterday}), yesterday),
    )


async def keep_house(database: Database, relay: Relay) -> None:
    """Ask for what is due and forget what is old, until cancelled."""
    while True:
        try:
            async with database.transaction() as connection:
                for job, key in due(datetime.now(UTC)):
                    await outbox.add(connection, job, key)
            await events.forget_old(database)
            await relay.forget_old()
        except UnavailableError as error:
            log.info("housekeeping_waits", reason=str(error))
        await asyncio.sleep(LOOK_EVERY_SECONDS)
