"""Messages in the database: taken in once, read with everything that belongs to them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app import events, outbox
from app.errors import NotFoundError
from app.models import Message, Source, Task, Topic
from app.schemas import MessageOut, TopicRef, WebhookIn


def query() -> Select[*tuple[Any, ...]]:
    """Return the SELECT whose rows `from_row` reads."""
    return (
        select(
            Message.id,
            Source.name,
            Source.kind,
            Message.external_id,
            Message.author,
            Message.content,
            Message.sent_at,
            Message.received_at,
            Message.label,
            Message.importance,
            Message.category,
            Message.topic_id,
            Topic.name,
            Task.id,
            Message.processed_at,
        )
        .join(Source, Source.id == Message.source_id)
        .outerjoin(Topic, Topic.id == Message.topic_id)
        .outerjoin(Task, Task.message_id == Message.id)
    )


def from_row(row: Sequence[Any]) -> MessageOut:
    """Turn a row of `query` into a message."""
    return MessageOut(
        id=row[0],
        source=row[1],
        source_kind=row[2],
        external_id=row[3],
        author=row[4],
        content=row[5],
        sent_at=row[6],
        received_at=row[7],
        label=row[8],
        importance=row[9],
        category=row[10],
        topic=TopicRef(id=row[11], name=row[12]) if row[11] is not None else None,
        task_id=row[13],
        processed_at=row[14],
    )


async def read(connection: AsyncConnection, message_id: UUID) -> MessageOut:
    """Return one message.

    Raises:
        NotFoundError: there is none of this id.
    """
    row = (await connection.execute(query().where(Message.id == message_id))).one_or_none()
    if row is None:
        raise NotFoundError(f"no message {message_id}")
    return from_row(row)


async def find_source(connection: AsyncConnection, name: str) -> Row[int, str, str | None]:
    """Return id, name and token hash of a source.

    Raises:
        NotFoundError: there is none of this name.
    """
    wanted = select(Source.id, Source.name, Source.token_hash).where(Source.name == name)
    row = (await connection.execute(wanted)).one_or_none()
    if row is None:
        raise NotFoundError(f'no source "{name}"')
    return row


async def take_in(
    connection: AsyncConnection, source_id: int, message: WebhookIn
) -> tuple[UUID, bool]:
    """Store a message, its job and its event; return its id and whether it is new.

    All three are one transaction: a message without a job, or a job without a message, cannot
    exist, whatever happens to NATS or to this process.
    """
    statement = (
        insert(Message)
        .values(
            id=uuid4(),
            source_id=source_id,
            external_id=message.external_id,
            author=message.author,
            content=message.content,
            sent_at=message.sent_at or func.now(),
        )
        .on_conflict_do_nothing(constraint="messages_source_id_external_id_key")
        .returning(Message.id)
    )
    new_id = (await connection.execute(statement)).scalar_one_or_none()
    if new_id is None:
        return await _id_of(connection, source_id, message.external_id), False
    await outbox.add(
        connection, outbox.Job("process_message", {"message_id": str(new_id)}), key=str(new_id)
    )
    await events.append(connection, events.NewEvent("message.new", await read(connection, new_id)))
    return new_id, True


async def _id_of(connection: AsyncConnection, source_id: int, external_id: str) -> UUID:
    known = select(Message.id).where(
        Message.source_id == source_id, Message.external_id == external_id
    )
    return (await connection.execute(known)).scalar_one()
