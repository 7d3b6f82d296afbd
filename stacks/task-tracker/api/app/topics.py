"""Topics in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import NotFoundError
from app.models import Topic
from app.schemas import TopicOut


def query() -> Select[*tuple[Any, ...]]:
    """Return the SELECT whose rows `from_row` reads."""
    return select(Topic.id, Topic.name, Topic.message_count, Topic.created_at, Topic.updated_at)


def from_row(row: Sequence[Any]) -> TopicOut:
    """Turn a row of `query` into a topic."""
    return TopicOut(
        id=row[0], name=row[1], message_count=row[2], created_at=row[3], updated_at=row[4]
    )


async def read(connection: AsyncConnection, topic_id: int) -> TopicOut:
    """Return one topic.

    Raises:
        NotFoundError: there is none of this id.
    """
    row = (await connection.execute(query().where(Topic.id == topic_id))).one_or_none()
    if row is None:
        raise NotFoundError(f"no topic {topic_id}")
    return from_row(row)


async def rename(connection: AsyncConnection, topic_id: int, name: str) -> TopicOut:
    """Give a topic a name that no job overwrites, and return it.

    Raises:
        NotFoundError: there is none of this id.
    """
    now: Any = func.now()
    change = update(Topic).where(Topic.id == topic_id)
    await connection.execute(change.values(name=name, renamed=True, updated_at=now))
    return await read(connection, topic_id)
