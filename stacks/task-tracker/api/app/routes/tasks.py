"""Tasks: the board."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import func, select

from app import events, tasks
from app.bus import EVENTS
from app.context import Here
from app.models import Task
from app.schemas import Category, Status, TaskIn, TaskList, TaskOut, TaskPatch

router = APIRouter(prefix="/api/tasks")


@router.get("")
async def list_tasks(
    here: Here,
    status: Status | None = None,
    category: Category | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> TaskList:
    """Return tasks, what changed last first."""
    given = {Task.status: status, Task.category: category}
    wanted = [column == value for column, value in given.items() if value is not None]
    page = tasks.query().where(*wanted).order_by(*tasks.newest_first()).limit(limit)
    counting = select(func.count()).select_from(Task).where(*wanted)
    async with here.database.reading() as connection:
        items = [tasks.from_row(row) for row in await connection.execute(page)]
        return TaskList(items=items, total=(await connection.execute(counting)).scalar_one())


@router.post("", status_code=201)
async def create_task(here: Here, task: TaskIn) -> TaskOut:
    """Make a task by hand."""
    async with here.database.transaction() as connection:
        created = await tasks.create(connection, task.model_dump())
        await events.append(connection, events.NewEvent("task.created", created))
    await here.announce(EVENTS)
    return created


@router.get("/{task_id}")
async def get_task(here: Here, task_id: UUID) -> TaskOut:
    """Return one task."""
    async with here.database.reading() as connection:
        return await tasks.read(connection, task_id)


@router.patch("/{task_id}")
async def change_task(here: Here, task_id: UUID, patch: TaskPatch) -> TaskOut:
    """Change some fields of a task."""
    async with here.database.transaction() as connection:
        changed = await tasks.change(connection, task_id, patch.changes())
        await events.append(connection, events.NewEvent("task.updated", changed))
    await here.announce(EVENTS)
    return changed
