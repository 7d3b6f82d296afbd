"""The tables of the state, and how those of an earlier version become them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.errors import StateDamaged

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

VERSION = 2
WHO = """
CREATE TABLE lock (
    id INTEGER PRIMARY KEY CHECK (id = 1), token INTEGER NOT NULL, served INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE TABLE queue (
    number INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL
) STRICT;
CREATE TABLE freeze (
    id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL
) STRICT;
"""
SCHEMA = f"""
CREATE TABLE releases (
    id TEXT PRIMARY KEY, created REAL NOT NULL, document TEXT NOT NULL
) STRICT;
CREATE TABLE deploys (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, release TEXT NOT NULL, previous TEXT,
    slot TEXT NOT NULL, actor TEXT NOT NULL, started REAL NOT NULL, ended REAL,
    outcome TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY, deploy TEXT NOT NULL REFERENCES deploys (id),
    step TEXT NOT NULL, status TEXT NOT NULL, at REAL NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE INDEX journal_deploy ON journal (deploy);
CREATE TABLE evidence (
    deploy TEXT PRIMARY KEY REFERENCES deploys (id), document TEXT NOT NULL
) STRICT;
{WHO.strip()}
"""


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables, or bring those of an earlier version forward; all or nothing.

    Raises:
        StateDamaged: when a newer version wrote them.
    """
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")  # of two who come first, one does it
    try:
        _bring_forward(connection, path)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _bring_forward(connection: sqlite3.Connection, path: Path) -> None:
    found = _version(connection)
    if found > VERSION:
        raise StateDamaged(
            f"the state in {path} was written by a newer Hitless (schema {found})",
            'install that version with "pip install --upgrade hitless"',
        )
    if found == 0:
        _execute(connection, SCHEMA)
    if found == 1:
        _execute(connection, WHO)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _execute(connection: sqlite3.Connection, script: str) -> None:
    """Statement by statement: executescript would commit what is under way."""
    for statement in _statements(script):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    import sqlite3  # noqa: PLC0415  # loaded by whoever has a connection

    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
