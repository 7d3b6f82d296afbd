"""Jobs are rows first: they survive an absent NATS and a killed api."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.models import Outbox

PAYLOAD_VERSION = 1
"""The `v` of every job. A release reads its own and the previous one's, and never drops another."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work for the worker: which job, and its arguments."""

    name: str
    arguments: dict[str, Any]

    def payload(self) -> dict[str, Any]:
        """Return what travels."""
        return {"v": PAYLOAD_VERSION, **self.arguments}


async def add(connection: AsyncConnection, job: Job, key: str) -> bool:
    """Ask for a job in this transaction; False when the same key was asked for before."""
    row = {"subject": job.name, "payload": job.payload(), "msg_id": f"{job.name}:{key}"}
    statement = insert(Outbox).values(row).on_conflict_do_nothing(index_elements=["msg_id"])
    return (await connection.execute(statement)).rowcount == 1
