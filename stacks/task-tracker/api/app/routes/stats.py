"""Everything countable, in one answer."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.context import Here
from app.schemas import Queue, Stats, Trend, TrendPoint

router = APIRouter(prefix="/api")

MAX_POINTS = 96

_COUNTS = text("""
    SELECT count(*) AS messages, count(processed_at) AS processed,
           count(*) FILTER (WHERE label = 'signal') AS signal,
           count(*) FILTER (WHERE label = 'noise') AS noise,
           (SELECT count(*) FROM topics) AS topics,
           (SELECT coalesce(sum(message_count), 0)::bigint FROM topics) AS topic_message_sum,
           (SELECT count(*) FROM outbox WHERE sent_at IS NULL) AS outbox_pending,
           (SELECT count(*) FROM dead) AS dead,
           (SELECT value FROM counters WHERE name = 'jobs_duplicated') AS jobs_duplicated,
           (SELECT value FROM counters WHERE name = 'events') AS last_event_id
    FROM messages
""")
_TASKS = text("SELECT status, category, count(*) AS tasks FROM tasks GROUP BY status, category")
_TREND = text("""
    SELECT bucket, count(m.id) FILTER (WHERE label = 'signal') AS signal,
           count(m.id) FILTER (WHERE label = 'noise') AS noise
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint), CAST(:width AS bigint))
         AS bucket
    LEFT JOIN messages m ON processed_at >= to_timestamp(bucket)
                        AND processed_at < to_timestamp(bucket + :width)
    GROUP BY bucket ORDER BY bucket
""")


@router.get("/stats")
async def stats(here: Here, minutes: Annotated[int, Query(ge=5, le=1440)] = 60) -> Stats:
    """Return all counts and the trend of the last `minutes`."""
    async with here.database.reading() as connection:
        counts = (await connection.execute(_COUNTS)).mappings().one()
        tasks = (await connection.execute(_TASKS)).all()
        trend = await _trend(connection, minutes)
    return Stats(
        **counts,
        pending=counts["messages"] - counts["processed"],
        tasks=sum(row.tasks for row in tasks),
        tasks_by_status=_by(tasks, "status", ("open", "in_progress", "done")),
        tasks_by_category=_by(tasks, "category", ("bug", "feature", "question", "chore")),
        queue=Queue(connected=here.bus.connected, **(await here.bus.queue_depth() or {})),
        trend=trend,
    )


def _by(rows: Any, field: str, names: tuple[str, ...]) -> Any:
    return {name: sum(row.tasks for row in rows if getattr(row, field) == name) for name in names}


async def _trend(connection: AsyncConnection, minutes: int) -> Trend:
    width = 60 * -(-minutes // MAX_POINTS)
    last = int(datetime.now(UTC).timestamp()) // width * width
    points = minutes * 60 // width
    edges = {"first": last - (points - 1) * width, "last": last, "width": width}
    return Trend(
        bucket_seconds=width,
        points=[
            TrendPoint(
                at=datetime.fromtimestamp(row.bucket, UTC), signal=row.signal, noise=row.noise
            )
            for row in await connection.execute(_TREND, edges)
        ],
    )
