"""Topics: what the messages are about."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import func, select

from app import events, topics
from app.bus import EVENTS
from app.context import Here
from app.models import Topic
from app.schemas import MAX_ID, TopicList, TopicOut, TopicPatch

router = APIRouter(prefix="/api/topics")

TopicId = Annotated[int, Path(ge=1, le=MAX_ID)]


@router.get("")
async def list_topics(here: Here, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> TopicList:
    """Return topics, largest first."""
    size: Any = Topic.message_count
    page = topics.query().order_by(size.desc(), Topic.id).limit(limit)
    async with here.database.reading() as connection:
        items = [topics.from_row(row) for row in await connection.execute(page)]
        total = await connection.scalar(select(func.count()).select_from(Topic))
    return TopicList(items=items, total=total or 0)


@router.get("/{topic_id}")
async def get_topic(here: Here, topic_id: TopicId) -> TopicOut:
    """Return one topic."""
    async with here.database.reading() as connection:
        return await topics.read(connection, topic_id)


@router.patch("/{topic_id}")
async def rename_topic(here: Here, topic_id: TopicId, patch: TopicPatch) -> TopicOut:
    """Give a topic a name that stays."""
    async with here.database.transaction() as connection:
        renamed = await topics.rename(connection, topic_id, patch.name)
        await events.append(connection, events.NewEvent("topic.updated", renamed))
    await here.announce(EVENTS)
    return renamed
