"""Messages: write, read, page through, search."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import StringConstraints
from sqlalchemy import ColumnElement, Float, Text, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app import messages
from app.bus import EVENTS, OUTBOX
from app.context import Here
from app.errors import InvalidError, NotFoundError
from app.models import DIMENSIONS, BareVector, Message, Source
from app.schemas import (
    MAX_ID,
    Category,
    Label,
    Match,
    Matches,
    MessageIn,
    MessageOut,
    MessagePage,
    Storable,
)
from app.triage.embedding import embed, to_text

router = APIRouter(prefix="/api")

LEAST_SCORE = 0.05
Limit = Annotated[int, Query(ge=1, le=200)]
SearchText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Storable, Query()
]


@router.post("/messages", status_code=201)
async def create_message(here: Here, message: MessageIn, response: Response) -> MessageOut:
    """Store a message once, however often it is posted."""
    async with here.database.transaction() as connection:
        source = await messages.find_source(connection, message.source)
        message_id, is_new = await messages.take_in(connection, source.id, message)
        stored = await messages.read(connection, message_id)
    response.headers["Location"] = f"/api/messages/{message_id}"
    if is_new:
        await here.announce(EVENTS, OUTBOX)
    else:
        response.status_code = 200
    return stored


@router.get("/messages")
async def list_messages(  # noqa: PLR0917  (query parameters are named by the caller)
    here: Here,
    limit: Limit = 50,
    cursor: str | None = None,
    label: Label | None = None,
    category: Category | None = None,
    source: Annotated[str | None, Query(max_length=40), Storable] = None,
    topic_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    processed: Annotated[bool | None, Query()] = None,
) -> MessagePage:
    """Return one page, newest first."""
    wanted = _filters(label, category, source, topic_id)
    if processed is not None:
        wanted.append(Message.processed_at.is_not(None) == literal(processed))
    place: Any = tuple_(Message.received_at, Message.id)
    page = messages.query().where(*wanted).order_by(place.desc()).limit(limit + 1)
    if cursor:
        page = page.where(place < tuple_(*_read_cursor(cursor)))
    async with here.database.reading() as connection:
        rows = (await connection.execute(page)).all()
        total = await _count(connection, wanted)
    items = [messages.from_row(row) for row in rows[:limit]]
    following = _write_cursor(items[-1]) if len(rows) > limit else None
    return MessagePage(items=items, next_cursor=following, total=total)


@router.get("/messages/{message_id}")
async def get_message(here: Here, message_id: UUID) -> MessageOut:
    """Return one message."""
    async with here.database.reading() as connection:
        return await messages.read(connection, message_id)


@router.get("/messages/{message_id}/similar")
async def similar_messages(
    here: Here, message_id: UUID, limit: Annotated[int, Query(ge=1, le=50)] = 5
) -> Matches:
    """Return the messages nearest to one."""
    async with here.database.reading() as connection:
        content = await connection.scalar(select(Message.content).where(Message.id == message_id))
        if content is None:
            raise NotFoundError(f"no message {message_id}")
        others = [Message.id != message_id]
        return Matches(query=None, items=await _nearest(connection, content, others, limit))


@router.get("/search")
async def search(
    here: Here,
    q: SearchText,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    label: Label | None = None,
) -> Matches:
    """Return the messages nearest to a text of either language."""
    async with here.database.reading() as connection:
        wanted = _filters(label, None, None, None)
        return Matches(query=q, items=await _nearest(connection, q, wanted, limit))


async def _nearest(
    connection: AsyncConnection, text: str, wanted: list[ColumnElement[bool]], limit: int
) -> list[Match]:
    here_is = cast(literal(to_text(embed(text)), Text), BareVector(DIMENSIONS))
    distance: Any = Message.embedding.op("<=>", return_type=Float())(here_is)
    query = (
        messages.query()
        .add_columns((1 - distance).label("score"))
        .where(Message.embedding.is_not(None), *wanted)
        .order_by(distance)
        .limit(limit)
    )
    found = [
        Match(score=round(min(1.0, row.score), 3), message=messages.from_row(row))
        for row in await connection.execute(query)
    ]
    return [match for match in found if match.score >= LEAST_SCORE]


def _filters(
    label: str | None, category: str | None, source: str | None, topic_id: int | None
) -> list[ColumnElement[bool]]:
    wanted = {
        Message.label: label,
        Message.category: category,
        Source.name: source,
        Message.topic_id: topic_id,
    }
    return [column == value for column, value in wanted.items() if value is not None]


async def _count(connection: AsyncConnection, wanted: list[ColumnElement[bool]]) -> int:
    counting = select(func.count()).select_from(Message).join(Source).where(*wanted)
    return (await connection.execute(counting)).scalar_one()


def _write_cursor(last: MessageOut) -> str:
    place = f"{last.received_at.isoformat()}|{last.id}"
    return base64.urlsafe_b64encode(place.encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, message_id = base64.urlsafe_b64decode(cursor).decode().split("|")
        return datetime.fromisoformat(at), UUID(message_id)
    except (ValueError, binascii.Error) as error:
        raise InvalidError("the cursor is none that this api gave out") from error
