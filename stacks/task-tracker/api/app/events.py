"""The event log: written last in a transaction, numbered in order of commit, without gaps.

A sequence would hand out number 7 before number 6 is committed; a client that has seen 7 and
asks for what came after it would never see 6. One locked row of `counters` prevents both that
and gaps. It also orders concurrent writers, so the lock is taken last and held shortest.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import Text, cast, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database import Database
from app.models import Counter, Event

RETENTION_HOURS = 24


class LoggedEvent(NamedTuple):
    """A row of the log; `payload` stays the JSON text that Postgres wrote."""

    id: int
    kind: str
    created_at: datetime
    payload: str

    def as_json(self, envelope: str = "") -> str:
        """Return the event as JSON, `envelope` put before its first field."""
        at = self.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        head = f'{{{envelope}"id":{self.id},"kind":"{self.kind}","created_at":"{at}"'
        return f'{head},"payload":{self.payload}}}'


class NewEvent(NamedTuple):
    """An event before it has a number."""

    kind: str
    payload: BaseModel


async def append(connection: AsyncConnection, *events: NewEvent) -> None:
    """Write `events` as the last thing of a transaction."""
    claim = (
        update(Counter)
        .where(Counter.name == "events")
        .values(value=Counter.value + len(events))
        .returning(Counter.value)
    )
    last = (await connection.execute(claim)).scalar_one()
    first = last - len(events) + 1
    rows = [
        {"id": number, "kind": event.kind, "payload": event.payload.model_dump(mode="json")}
        for number, event in enumerate(events, first)
    ]
    await connection.execute(insert(Event), rows)


async def read_after(database: Database, after: int, limit: int) -> list[LoggedEvent]:
    """Return up to `limit` events younger than number `after`, oldest first."""
    query = (
        select(Event.id, Event.kind, Event.created_at, cast(cast(Event.payload, JSONB), Text))
        .where(Event.id > after)
        .order_by(Event.id)
        .limit(limit)
    )
    async with database.reading() as connection:
        return [LoggedEvent(*row) for row in await connection.execute(query)]


async def read_last_id(database: Database) -> int:
    """Return the number of the youngest event, 0 when there was none."""
    async with database.reading() as connection:
        query = select(Counter.value).where(Counter.name == "events")
        return (await connection.execute(query)).scalar_one()


async def forget_old(database: Database) -> int:
    """Delete events older than the retention; return how many."""
    old = Event.created_at < text(f"now() - interval '{RETENTION_HOURS} hours'")
    async with database.transaction() as connection:
        return (await connection.execute(delete(Event).where(old))).rowcount
