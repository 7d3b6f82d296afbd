"""A day in numbers."""

from datetime import datetime, timedelta

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_COUNTS = text("""
    SELECT count(*) AS messages, count(*) FILTER (WHERE label = 'signal') AS signal,
           (SELECT count(*) FROM tasks WHERE created_at >= :start AND created_at < :stop) AS tasks,
           (SELECT count(*) FROM tasks
            WHERE status = 'done' AND updated_at >= :start AND updated_at < :stop) AS done
    FROM messages WHERE received_at >= :start AND received_at < :stop
""")


class DailyDigest(BaseModel):
    """How many messages came, how many mattered, what was made and finished."""

    day: str
    messages: int
    signal: int
    tasks: int
    done: int


async def count_day(connection: AsyncConnection, day: datetime) -> DailyDigest:
    """Return the numbers of the day that starts at `day`."""
    edges = {"start": day, "stop": day + timedelta(days=1)}
    row = (await connection.execute(_COUNTS, edges)).mappings().one()
    return DailyDigest(day=day.date().isoformat(), **row)
