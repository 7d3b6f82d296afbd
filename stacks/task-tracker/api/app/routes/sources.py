"""Sources: who may send messages."""

import secrets
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert

from app.context import Here
from app.errors import ConflictError
from app.models import Message, Source
from app.schemas import NewSource, SourceIn, SourceList, SourceOut
from app.tokens import digest

router = APIRouter(prefix="/api/sources")


@router.get("")
async def list_sources(here: Here) -> SourceList:
    """Return every source, by name."""
    async with here.database.reading() as connection:
        rows = await connection.execute(_query().order_by(Source.name))
        return SourceList(items=[_from_row(row) for row in rows])


@router.post("", status_code=201)
async def create_source(here: Here, source: SourceIn) -> NewSource:
    """Make a source; the answer carries its token, which is stored as a digest only."""
    token = secrets.token_urlsafe(24)
    new = (
        insert(Source)
        .values(name=source.name, kind=source.kind, token_hash=digest(token))
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(Source.id)
    )
    async with here.database.transaction() as connection:
        if (await connection.execute(new)).scalar_one_or_none() is None:
            raise ConflictError(f'a source "{source.name}" exists already')
        row = (await connection.execute(_query().where(Source.name == source.name))).one()
    return NewSource(**_from_row(row).model_dump(), token=token)


def _query() -> Select[*tuple[Any, ...]]:
    count = (
        select(func.count())
        .select_from(Message)
        .where(Message.source_id == Source.id)
        .correlate(Source)
        .scalar_subquery()
    )
    return select(Source.id, Source.name, Source.kind, count, Source.created_at)


def _from_row(row: Sequence[Any]) -> SourceOut:
    return SourceOut(id=row[0], name=row[1], kind=row[2], message_count=row[3], created_at=row[4])
