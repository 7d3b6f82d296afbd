"""How Alembic reaches the database: DATABASE_URL, short lock waits, one migrator at a time."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.models import Base
from app.settings import Settings

MIGRATORS_LOCK = 7_305_112
"""Waited for by polling: a blocking advisory lock would deadlock CREATE INDEX CONCURRENTLY."""
POLL_SECONDS = 0.2


def run_offline() -> None:
    """Print the SQL (`alembic upgrade head --sql`)."""
    context.configure(
        dialect_name="postgresql", target_metadata=Base.metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_online() -> None:
    """Run the migrations, alone."""
    engine = create_async_engine(
        Settings().database_url,
        poolclass=pool.NullPool,
        connect_args={
            "timeout": 10,
            "server_settings": {"application_name": "task-tracker-migrate", "lock_timeout": "500"},
        },
    )
    guarding = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with guarding.connect() as guard, engine.connect() as connection:
        await _lock(guard)
        await connection.run_sync(_migrate)
    await engine.dispose()


async def _lock(guard: AsyncConnection) -> None:
    question = text("SELECT pg_try_advisory_lock(:key)")
    while not await guard.scalar(question, {"key": MIGRATORS_LOCK}):  # noqa: ASYNC110
        await asyncio.sleep(POLL_SECONDS)


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    asyncio.run(run_online())
