"""The jobs by name. Each may run more than once; each takes effect once."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from app import events, outbox
from app.bus import EVENTS, Bus
from app.database import Database
from app.metrics import Metrics
from app.models import Digest
from app.worker.backfill import run_for
from app.worker.broker import JobBroker
from app.worker.digest import DailyDigest, count_day
from app.worker.process import TOPICS_LOCK, process

READABLE_PAYLOADS = range(max(1, outbox.PAYLOAD_VERSION - 1), outbox.PAYLOAD_VERSION + 1)

Job = Callable[[dict[str, Any]], Coroutine[Any, Any, str]]
"""A job gets its payload and returns its outcome, for the metrics."""

_REBUILD = (
    f"SELECT pg_advisory_xact_lock({TOPICS_LOCK})",
    """
    UPDATE topics SET message_count = counted.messages, updated_at = now(),
                      centroid = coalesce(counted.centroid, topics.centroid)
    FROM (SELECT t.id, count(m.id) AS messages, l2_normalize(avg(m.embedding)) AS centroid
          FROM topics t
          LEFT JOIN messages m ON m.topic_id = t.id AND m.processed_at IS NOT NULL
          GROUP BY t.id) AS counted
    WHERE counted.id = topics.id
    """,
    "DELETE FROM topics WHERE message_count = 0 AND NOT renamed",
)


class UnreadablePayloadError(Exception):
    """A payload of a release further away than N-1; another worker must take it."""


class Jobs:
    """The jobs, with what they work on."""

    def __init__(self, database: Database, bus: Bus, metrics: Metrics, timeout: float) -> None:
        self._database = database
        self._bus = bus
        self._metrics = metrics
        self._timeout = timeout

    def register(self, broker: JobBroker) -> None:
        """Make every job known to the broker under its name."""
        jobs = (self.process_message, self.rebuild_topics, self.daily_digest, self.run_backfill)
        for job in jobs:
            broker.register_task(self._guarded(job), task_name=job.__name__)

    def _guarded(self, job: Job) -> Job:
        """Return the job with its payload checked, its time limited and its outcome counted."""
        name = job.__name__

        async def run(payload: dict[str, Any]) -> str:
            outcome = "failed"
            try:
                check_version(payload)
                async with asyncio.timeout(self._timeout):
                    outcome = await job(payload)
            finally:
                labels = {**self._metrics.labels, "job": name, "outcome": outcome}
                self._metrics.jobs.labels(**labels).inc()
            return outcome

        return run

    async def process_message(self, payload: dict[str, Any]) -> str:
        """Judge one message."""
        async with self._database.transaction() as connection:
            did_it = await process(connection, UUID(payload["message_id"]))
        await self._bus.hint(EVENTS)
        return "done" if did_it else "duplicate"

    async def rebuild_topics(self, _: dict[str, Any]) -> str:
        """Compute every topic's centre and size from its messages; drop empty topics."""
        async with self._database.transaction() as connection:
            for statement in _REBUILD:
                await connection.execute(text(statement))
        return "done"

    async def daily_digest(self, payload: dict[str, Any]) -> str:
        """Write yesterday's numbers once, whoever asks again."""
        day = datetime.fromisoformat(payload["day"]).replace(tzinfo=UTC)
        async with self._database.transaction() as connection:
            summary: DailyDigest = await count_day(connection, day)
            row = {"day": payload["day"], "payload": json.loads(summary.model_dump_json())}
            statement = insert(Digest).values(row).on_conflict_do_nothing()
            if (await connection.execute(statement)).rowcount:
                await events.append(connection, events.NewEvent("digest.created", summary))
        await self._bus.hint(EVENTS)
        return "done"

    async def run_backfill(self, payload: dict[str, Any]) -> str:
        """Do batches of a backfill for half a job's time, then ask for the rest."""
        await run_for(self._database, payload["name"], seconds=self._timeout / 2)
        return "done"


def check_version(payload: dict[str, Any]) -> None:
    """Refuse what this release cannot read.

    Raises:
        UnreadablePayloadError: the payload's `v` is neither ours nor the previous release's.
    """
    if payload.get("v") not in READABLE_PAYLOADS:
        raise UnreadablePayloadError(f"payload version {payload.get('v')!r} is not readable")
