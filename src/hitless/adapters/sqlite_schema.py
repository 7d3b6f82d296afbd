"""The tables of the state, and how those of an earlier version become them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitless.domain.chain import BEGUN, ENDED, START, Link, canonical, sealed
from hitless.domain.errors import StateDamaged
from hitless.domain.journal import Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

VERSION = 4
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
REHEARSALS = """
CREATE TABLE rehearsals (
    number INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL
) STRICT;
"""
# Triggers stand in the way of mistakes; who has the file can drop them, but not hide it.
JOURNAL = """
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY, deploy TEXT NOT NULL REFERENCES deploys (id),
    step TEXT NOT NULL, status TEXT NOT NULL, at REAL NOT NULL, detail TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX journal_deploy ON journal (deploy);
CREATE TRIGGER journal_update BEFORE UPDATE ON journal BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_delete BEFORE DELETE ON journal BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER deploys_update
BEFORE UPDATE OF id, kind, release, previous, slot, actor, started ON deploys BEGIN
    SELECT RAISE(ABORT, 'how a deploy began is never changed');
END;
CREATE TRIGGER deploys_delete BEFORE DELETE ON deploys BEGIN
    SELECT RAISE(ABORT, 'no deploy is forgotten');
END;
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
{JOURNAL.strip()}
CREATE TABLE evidence (
    deploy TEXT PRIMARY KEY REFERENCES deploys (id), document TEXT NOT NULL
) STRICT;
{WHO.strip()}
{REHEARSALS.strip()}
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
    if found in (1, 2):
        _chain(connection)
    if found in (1, 2, 3):
        _execute(connection, REHEARSALS)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _chain(connection: sqlite3.Connection) -> None:
    """Write what an earlier version recorded into a journal whose rows are chained."""
    connection.execute("ALTER TABLE journal RENAME TO journal_unchained")
    connection.execute("DROP INDEX journal_deploy")
    _execute(connection, JOURNAL)
    for deploy in connection.execute("SELECT * FROM deploys ORDER BY rowid").fetchall():
        _chain_deploy(connection, dict(deploy))
    connection.execute("DROP TABLE journal_unchained")


def _chain_deploy(connection: sqlite3.Connection, deploy: dict[str, Any]) -> None:
    end = {name: deploy[name] for name in ("outcome", "ended", "reason")}
    beginning = canonical(deploy | {"outcome": Outcome.RUNNING, "ended": None, "reason": ""})
    append(connection, Link(0, deploy["id"], "", BEGUN, deploy["started"], beginning))
    rows = connection.execute(
        "SELECT step, status, at, detail FROM journal_unchained WHERE deploy = ? ORDER BY seq",
        (deploy["id"],),
    )
    for row in rows.fetchall():
        append(connection, Link(0, deploy["id"], *row))
    if end["outcome"] != Outcome.RUNNING:
        append(connection, Link(0, deploy["id"], "", ENDED, end["ended"], canonical(end)))


def append(connection: sqlite3.Connection, link: Link) -> None:
    """Add a row to the journal, with its number and hash; inside a transaction."""
    last = connection.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    seq, previous = last or (0, START)
    new = sealed(link._replace(seq=seq + 1), previous)
    row = (new.seq, new.deploy, new.step, new.status, new.at, new.detail, new.hash)
    connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", row)


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
