"""Backfills: data moved in small batches, remembered in a table, pausable, resumable.

`python -m app.worker.backfill start|pause|status NAME` is the operator's handle; the work itself
is the job `run_backfill`, which asks for its own continuation through the outbox.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app import outbox
from app.database import Database
from app.models import Backfill, Message
from app.settings import Settings
from app.triage.embedding import embed, to_text

BATCH = 500
_FIRST = str(UUID(int=0))


class Batch(NamedTuple):
    """What one step did: the place it reached ('' when there is nothing left) and how much."""

    cursor: str
    rows: int


class Plan(NamedTuple):
    """One backfill: how many rows there are, and how to do the next of them."""

    total: Callable[[AsyncConnection], Awaitable[int]]
    step: Callable[[AsyncConnection, str], Awaitable[Batch]]


class UnknownBackfillError(Exception):
    """This release has no backfill of that name."""


async def _count_messages(connection: AsyncConnection) -> int:
    return await connection.scalar(select(func.count()).select_from(Message)) or 0


async def _embed_again(connection: AsyncConnection, cursor: str) -> Batch:
    """Compute the embeddings anew, after a change of `app.triage`."""
    page = (
        select(Message.id, Message.content)
        .where(Message.id > UUID(cursor or _FIRST), Message.processed_at.is_not(None))
        .order_by(Message.id)
        .limit(BATCH)
        .with_for_update()
    )
    rows = (await connection.execute(page)).all()
    for row in rows:
        change = update(Message).where(Message.id == row.id)
        await connection.execute(change.values(embedding=to_text(embed(row.content))))
    return Batch(str(rows[-1].id) if rows else "", len(rows))


PLANS = {"embedding": Plan(_count_messages, _embed_again)}


def plan_of(name: str) -> Plan:
    """Return the plan of this name.

    Raises:
        UnknownBackfillError: there is none.
    """
    if name not in PLANS:
        raise UnknownBackfillError(f'no backfill "{name}"; there are: {", ".join(PLANS)}')
    return PLANS[name]


async def start(database: Database, name: str) -> None:
    """Begin, or go on after a pause; a finished backfill begins again."""
    plan = plan_of(name)
    async with database.transaction() as connection:
        total = await plan.total(connection)
        fresh = {"name": name, "cursor": "", "done": 0, "total": total, "state": "running"}
        again = (
            insert(Backfill)
            .values(fresh)
            .on_conflict_do_update(
                index_elements=["name"], set_=fresh, where=Backfill.state == "finished"
            )
        )
        await connection.execute(again)
        resume = update(Backfill).where(Backfill.name == name, Backfill.state == "paused")
        await connection.execute(resume.values(state="running"))
        await _ask_for_more(connection, name, f"start:{time.time_ns()}")


async def pause(database: Database, name: str) -> None:
    """Stop after the batch that runs now."""
    async with database.transaction() as connection:
        running = update(Backfill).where(Backfill.name == name, Backfill.state == "running")
        await connection.execute(running.values(state="paused"))


async def status(database: Database, name: str) -> Row[str, int, int] | None:
    """Return state, done and total; None when it was never started."""
    question = select(Backfill.state, Backfill.done, Backfill.total).where(Backfill.name == name)
    async with database.reading() as connection:
        return (await connection.execute(question)).one_or_none()


async def run_for(database: Database, name: str, seconds: float) -> None:
    """Do batches for about that long; what is left is another job."""
    plan = plan_of(name)
    enough = time.monotonic() + seconds
    while time.monotonic() < enough:
        if not await _one_batch(database, name, plan):
            return
    async with database.transaction() as connection:
        await _ask_for_more(connection, name, f"more:{time.time_ns()}")


async def _one_batch(database: Database, name: str, plan: Plan) -> bool:
    """Do one batch in one transaction with its place; False when there is no more to do."""
    async with database.transaction() as connection:
        locked = select(Backfill.cursor).where(Backfill.name == name, Backfill.state == "running")
        cursor = (await connection.execute(locked.with_for_update())).scalar_one_or_none()
        if cursor is None:
            return False
        batch = await plan.step(connection, cursor)
        state = "running" if batch.rows else "finished"
        await connection.execute(
            update(Backfill)
            .where(Backfill.name == name)
            .values(
                cursor=batch.cursor or cursor,
                done=Backfill.done + batch.rows,
                state=state,
                updated_at=text("now()"),
            )
        )
    return state == "running"


async def _ask_for_more(connection: AsyncConnection, name: str, place: str) -> None:
    await outbox.add(connection, outbox.Job("run_backfill", {"name": name}), key=f"{name}:{place}")


async def _main(action: str, name: str) -> str:
    database = Database(Settings().database_url, "backfill")
    try:
        if action != "status":
            await {"start": start, "pause": pause}[action](database, name)
        row = await status(database, name)
    finally:
        await database.close()
    return f"{name}: {row.state}, {row.done} of {row.total}" if row else f"{name}: never started"


if __name__ == "__main__":
    print(asyncio.run(_main(sys.argv[1], sys.argv[2])))
