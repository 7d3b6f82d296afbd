"""Jobs that failed at every delivery: copied to a table, taken out of the queue.

JetStream announces them once, without guarantee; a second stream keeps the announcements, so that
none is missed while no worker runs.
"""

import asyncio
import json

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StreamConfig
from nats.js.errors import NotFoundError
from sqlalchemy.dialects.postgresql import insert

from app.bus import JOBS_CONSUMER, JOBS_STREAM
from app.database import Database
from app.errors import UnavailableError
from app.models import Dead

STREAM = "TASKS_DEAD"
CONSUMER = "undertaker"
ANNOUNCEMENTS = f"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{JOBS_STREAM}.{JOBS_CONSUMER}"
FETCH_SECONDS = 5.0
RETRY_SECONDS = 1.0

log = structlog.get_logger()


async def bury_the_dead(jetstream: JetStreamContext, database: Database) -> None:
    """Copy exhausted jobs to the table `dead`, until cancelled."""
    while True:
        try:
            await _prepare(jetstream)
            await _follow(jetstream, database)
        except (NatsError, OSError, UnavailableError) as error:
            log.info("dead_jobs_wait", reason=repr(error))
            await asyncio.sleep(RETRY_SECONDS)


async def _prepare(jetstream: JetStreamContext) -> None:
    await jetstream.add_stream(
        StreamConfig(
            name=STREAM,
            subjects=[ANNOUNCEMENTS],
            retention=RetentionPolicy.WORK_QUEUE,
            max_bytes=16 * 1024 * 1024,
        )
    )


async def _follow(jetstream: JetStreamContext, database: Database) -> None:
    config = ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, ack_wait=10)
    consumer = await jetstream.pull_subscribe(
        ANNOUNCEMENTS, durable=CONSUMER, stream=STREAM, config=config
    )
    while True:
        try:
            (announcement,) = await consumer.fetch(1, timeout=FETCH_SECONDS)
        except NatsTimeoutError:
            continue
        await _bury(jetstream, database, announcement)
        await announcement.ack()


async def _bury(jetstream: JetStreamContext, database: Database, announcement: Msg) -> None:
    said = json.loads(announcement.data)
    sequence = said["stream_seq"]
    try:
        stored = await jetstream.get_msg(JOBS_STREAM, sequence)
    except NotFoundError:
        return
    job = json.loads(stored.data or b"{}")
    row = {
        "stream_seq": sequence,
        "job": job.get("task_name", ""),
        "payload": (job.get("args") or [{}])[0],
        "deliveries": said["deliveries"],
    }
    async with database.transaction() as connection:
        await connection.execute(insert(Dead).values(row).on_conflict_do_nothing())
    await jetstream.delete_msg(JOBS_STREAM, sequence)
    log.error("job_dead", job=row["job"], payload=row["payload"])
