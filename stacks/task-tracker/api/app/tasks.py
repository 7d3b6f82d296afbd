"""Tasks in the database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import NotFoundError
from app.models import Message, Source, Task
from app.schemas import TaskOut


def query() -> Select[*tuple[Any, ...]]:
    """Return the SELECT whose rows `from_row` reads."""
    return (
        select(
            Task.id,
            Task.message_id,
            Task.title,
            Task.category,
            Task.priority,
            Task.status,
            Source.name,
            Task.created_at,
            Task.updated_at,
        )
        .outerjoin(Message, Message.id == Task.message_id)
        .outerjoin(Source, Source.id == Message.source_id)
    )


def from_row(row: Sequence[Any]) -> TaskOut:
    """Turn a row of `query` into a task."""
    return TaskOut(
        id=row[0],
        message_id=row[1],
        title=row[2],
        category=row[3],
        priority=row[4],
        status=row[5],
        source=row[6],
        created_at=row[7],
        updated_at=row[8],
    )


async def read(connection: AsyncConnection, task_id: UUID) -> TaskOut:
    """Return one task.

    Raises:
        NotFoundError: there is none of this id.
    """
    row = (await connection.execute(query().where(Task.id == task_id))).one_or_none()
    if row is None:
        raise NotFoundError(f"no task {task_id}")
    return from_row(row)


async def create(connection: AsyncConnection, fields: dict[str, Any]) -> TaskOut:
    """Store a task and return it."""
    new = insert(Task).values(**fields).returning(Task.id)
    return await read(connection, (await connection.execute(new)).scalar_one())


async def change(connection: AsyncConnection, task_id: UUID, fields: dict[str, Any]) -> TaskOut:
    """Change a task and return it.

    Raises:
        NotFoundError: there is none of this id.
    """
    now: Any = func.now()
    await connection.execute(
        update(Task).where(Task.id == task_id).values(**fields, updated_at=now)
    )
    return await read(connection, task_id)


def newest_first() -> tuple[Any, ...]:
    """Return the order of lists: what changed last comes first."""
    changed: Any = Task.updated_at
    return changed.desc(), Task.id
