"""What happens to one message: judged, placed into a topic, made a task, counted, announced."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Float, Text, cast, func, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app import events, messages, tasks, topics
from app.events import NewEvent
from app.models import DIMENSIONS, BareVector, Counter, Message, Topic
from app.triage.embedding import embed, from_text, moved_mean, to_text
from app.triage.naming import topic_name
from app.triage.triage import Verdict, judge

TOPICS_LOCK = 7_305_113
NEAR_ENOUGH = 0.33
"""Cosine similarity from which a message belongs to an existing topic."""
MAX_TOPICS = 150
"""From here on the nearest topic takes every message."""
MEAN_OVER_AT_MOST = 50


class Placed(NamedTuple):
    """Where a message belongs; `created` is the event of a new topic."""

    topic_id: int
    created: tuple[NewEvent, ...]


async def process(connection: AsyncConnection, message_id: UUID) -> bool:
    """Do everything for one message in this transaction; False when it was done before.

    The row lock and `processed_at` make a second delivery, at any moment, a counted no-op.
    """
    content = await _claim(connection, message_id)
    if content is None:
        await _count_duplicate(connection)
        return False
    verdict, vector = judge(content), embed(content)
    placed = await _place(connection, content, vector)
    news = [*placed.created]
    if verdict.makes_task:
        news.append(await _make_task(connection, message_id, verdict))
    await _finish(connection, message_id, verdict, vector, placed.topic_id)
    news.append(NewEvent("message.processed", await messages.read(connection, message_id)))
    await events.append(connection, *news)
    return True


async def _claim(connection: AsyncConnection, message_id: UUID) -> str | None:
    claim = (
        select(Message.content, Message.processed_at)
        .where(Message.id == message_id)
        .with_for_update()
    )
    row = (await connection.execute(claim)).one()
    return None if row.processed_at else str(row.content)


async def _count_duplicate(connection: AsyncConnection) -> None:
    duplicated = update(Counter).where(Counter.name == "jobs_duplicated")
    await connection.execute(duplicated.values(value=Counter.value + 1))


async def _place(connection: AsyncConnection, content: str, vector: list[float]) -> Placed:
    """Find or make the topic and count the message in it.

    One at a time over all workers: two similar messages must not make two topics.
    """
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({TOPICS_LOCK})"))
    here_is = cast(literal(to_text(vector), Text), BareVector(DIMENSIONS))
    similarity: Any = 1 - Topic.centroid.op("<=>", return_type=Float())(here_is)
    nearest = (
        select(Topic.id, Topic.centroid, Topic.message_count, similarity.label("score"))
        .order_by(similarity.desc())
        .limit(1)
    )
    row = (await connection.execute(nearest)).one_or_none()
    if row is None or (row.score < NEAR_ENOUGH and await _may_grow(connection)):
        return await _new_topic(connection, content, vector)
    weight = min(row.message_count, MEAN_OVER_AT_MOST)
    mean = moved_mean(from_text(row.centroid), weight, vector)
    await connection.execute(_joined(row.id, to_text(mean)))
    return Placed(row.id, ())


def _joined(topic_id: int, centroid: str) -> Any:
    return (
        update(Topic)
        .where(Topic.id == topic_id)
        .values(centroid=centroid, message_count=Topic.message_count + 1, updated_at=func.now())
    )


async def _may_grow(connection: AsyncConnection) -> bool:
    return (await connection.scalar(select(func.count()).select_from(Topic)) or 0) < MAX_TOPICS


async def _new_topic(connection: AsyncConnection, content: str, vector: list[float]) -> Placed:
    new = (
        insert(Topic)
        .values(name=topic_name(content), centroid=to_text(vector), message_count=1)
        .returning(Topic.id)
    )
    topic_id = (await connection.execute(new)).scalar_one()
    created = NewEvent("topic.created", await topics.read(connection, topic_id))
    return Placed(topic_id, (created,))


async def _make_task(connection: AsyncConnection, message_id: UUID, verdict: Verdict) -> NewEvent:
    fields = {
        "message_id": message_id,
        "title": verdict.title,
        "category": verdict.category,
        "priority": verdict.priority,
    }
    return NewEvent("task.created", await tasks.create(connection, fields))


async def _finish(
    connection: AsyncConnection,
    message_id: UUID,
    verdict: Verdict,
    vector: list[float],
    topic_id: int,
) -> None:
    await connection.execute(
        update(Message)
        .where(Message.id == message_id)
        .values(
            label=verdict.label,
            importance=verdict.importance,
            category=verdict.category,
            topic_id=topic_id,
            embedding=to_text(vector),
            processed_at=datetime.now(UTC),
        )
    )
