"""Postgres: a small pool, a time limit on everything, one error when it does not answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.errors import UnavailableError

CONNECT_SECONDS = 2.0
STATEMENT_SECONDS = 3.0
DEADLINE_SECONDS = 4.0
"""A whole transaction, waiting for a connection included; /api answers 503 after it."""

POOL_SIZE = 5
POOL_OVERFLOW = 5
"""Two slots of two api processes and a worker each: 2 x 3 x 10 = 60 of 100 connections."""

_AWAY = ("08", "53", "57")
"""SQLSTATE classes: connection lost, no resources left, cancelled or shut down by the server."""

_UNDEFINED_TABLE = "42P01"


class Database:
    """One engine a process. Opens no connection before the first statement."""

    def __init__(self, url: str, role: str) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": STATEMENT_SECONDS,
                "server_settings": {
                    "application_name": f"task-tracker-{role}",
                    "statement_timeout": str(int(STATEMENT_SECONDS * 1000)),
                    "idle_in_transaction_session_timeout": "10000",
                    "jit": "off",
                },
            },
        )
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self, within: float = DEADLINE_SECONDS) -> AsyncIterator[AsyncConnection]:
        """Commit at the end, roll back on any error.

        Raises:
            UnavailableError: the database did not answer `within` that many seconds.
        """
        async with _translated(), asyncio.timeout(within), self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self, within: float = DEADLINE_SECONDS) -> AsyncIterator[AsyncConnection]:
        """Run statements without a transaction around them (each sees the newest commit).

        Raises:
            UnavailableError: the database did not answer `within` that many seconds.
        """
        async with _translated(), asyncio.timeout(within), self._reader.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Close every pooled connection."""
        await self._engine.dispose()


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (OSError, TimeoutError, exc.TimeoutError) as error:
        raise UnavailableError("the database does not answer") from error
    except (exc.InterfaceError, asyncpg.InterfaceError) as error:
        raise UnavailableError("the connection to the database was lost") from error
    except (exc.DBAPIError, asyncpg.PostgresError) as error:
        if _sqlstate(error) == _UNDEFINED_TABLE:
            raise UnavailableError("the migrations have not run") from error
        if not is_away(error):
            raise
        raise UnavailableError("the database is not ready for work") from error


def is_away(error: exc.DBAPIError | asyncpg.PostgresError) -> bool:
    """Tell an absent database from a wrong statement."""
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return True
    return _sqlstate(error).startswith(_AWAY)


def _sqlstate(error: exc.DBAPIError | asyncpg.PostgresError) -> str:
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    return getattr(cause, "sqlstate", None) or ""
