"""What the database must show before a process may get work."""

from dataclasses import dataclass

from sqlalchemy import text

from app.database import Database
from app.errors import UnavailableError
from app.models import DIMENSIONS
from app.release import SCHEMA, fits_schema

DATABASE_SECONDS = 1.5

_QUESTION = text(
    "SELECT version_num, readable_from,"
    " (SELECT atttypmod FROM pg_attribute"
    "  WHERE attrelid = 'messages'::regclass AND attname = 'embedding') AS dimensions"
    " FROM alembic_version JOIN schema_history ON revision = version_num"
)


@dataclass(frozen=True, slots=True)
class Check:
    """One part of readiness."""

    ok: bool
    detail: str


async def check_database(database: Database) -> dict[str, Check]:
    """Ask one question of which the answer proves connection, schema and embedding size."""
    try:
        async with database.reading(within=DATABASE_SECONDS) as connection:
            row = (await connection.execute(_QUESTION)).one_or_none()
    except UnavailableError as error:
        return {"database": Check(ok=False, detail=str(error))}
    if row is None:
        return _connected(schema=Check(ok=False, detail="no known revision in the database"))
    return _connected(
        schema=_schema(row.version_num, row.readable_from),
        embedding=Check(ok=row.dimensions == DIMENSIONS, detail=f"{row.dimensions} dimensions"),
    )


def _connected(**others: Check) -> dict[str, Check]:
    return {"database": Check(ok=True, detail="answers"), **others}


def _schema(revision: str, readable_from: str) -> Check:
    if fits_schema(revision, readable_from):
        return Check(ok=True, detail=revision)
    found = f"the database is at {revision} (readable from {readable_from})"
    return Check(ok=False, detail=f"{found}, this code at {SCHEMA}")
