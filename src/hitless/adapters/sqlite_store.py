"""The recorded past in one SQLite file.

WAL with synchronous=FULL: what :meth:`SqliteStore.write` returned from is on disk,
also after a power failure, and readers never wait for a running deploy.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hitless.domain.codec import decode, encode
from hitless.domain.errors import ReleaseUnknown, StateDamaged
from hitless.domain.journal import Deploy, Entry, Kind, Outcome, Status
from hitless.domain.release import Release
from hitless.domain.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hitless.domain.evidence import Evidence

SCHEMA_VERSION = 1
SCHEMA = """
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
"""
DEPLOY_COLUMNS = "id, kind, release, previous, slot, actor, started, ended, outcome, reason"
BUSY_SECONDS = 10.0


class SqliteStore:
    """Implements :class:`hitless.domain.ports.Store`.

    Args:
        path: The database file; made, with its directory, when absent.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._decoded: dict[str, Release] = {}

    def add_release(self, release: Release) -> None:
        """Record a release; no effect when it is recorded."""
        with self._database() as database:
            database.execute(
                "INSERT OR IGNORE INTO releases VALUES (?, ?, ?)",
                (release.id, release.created, json.dumps(encode(release))),
            )

    def release(self, release_id: str) -> Release:
        """A recorded release."""
        row = self._one("SELECT id, document FROM releases WHERE id = ?", release_id)
        if row is None:
            raise ReleaseUnknown(
                f"no release {release_id!r} is recorded", 'see all with "hitless history"'
            )
        return self._release(row)

    def find_release(self, name: str) -> Release | None:
        """The newest release of that id or version; None when there is none."""
        version = "json_extract(document, '$.version')"
        query = f"SELECT id, document FROM releases WHERE ? IN (id, {version})"  # noqa: S608  # constant
        row = self._one(f"{query} ORDER BY rowid DESC LIMIT 1", name)
        return self._release(row) if row else None

    def releases(self) -> tuple[Release, ...]:
        """All recorded releases, newest first."""
        rows = self._all("SELECT id, document FROM releases ORDER BY rowid DESC")
        return tuple(self._release(row) for row in rows)

    def forget_release(self, release_id: str) -> None:
        """Remove a release that nothing needs any more."""
        with self._database() as database:
            database.execute("DELETE FROM releases WHERE id = ?", (release_id,))
        self._decoded.pop(release_id, None)

    def next_deploy_id(self) -> str:
        """``d`` and a number that no deploy has: short enough to type."""
        row = self._one("SELECT max(CAST(substr(id, 2) AS INTEGER)) AS last FROM deploys")
        return f"d{(row['last'] if row and row['last'] else 0) + 1}"

    def begin(self, deploy: Deploy) -> None:
        """Record that a deploy began."""
        values = encode(deploy)
        with self._database() as database:
            database.execute(
                f"INSERT INTO deploys ({DEPLOY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # constant
                tuple(values[name.strip()] for name in DEPLOY_COLUMNS.split(",")),
            )

    def write(self, entry: Entry) -> None:
        """Append to the journal; on disk before this returns."""
        row = (entry.deploy, entry.step, entry.status, entry.at, json.dumps(entry.detail))
        with self._database() as database:
            database.execute(
                "INSERT INTO journal (deploy, step, status, at, detail) VALUES (?, ?, ?, ?, ?)", row
            )

    def end(self, deploy: str, outcome: Outcome, at: float, reason: str) -> None:
        """Record how a deploy ended."""
        with self._database() as database:
            database.execute(
                "UPDATE deploys SET outcome = ?, ended = ?, reason = ? WHERE id = ?",
                (outcome, at, reason, deploy),
            )

    def deploy(self, deploy_id: str) -> Deploy:
        """A recorded deploy."""
        row = self._one(f"SELECT {DEPLOY_COLUMNS} FROM deploys WHERE id = ?", deploy_id)  # noqa: S608  # constant
        if row is None:
            raise ReleaseUnknown(
                f"no deploy {deploy_id!r} is recorded", 'see all with "hitless history"'
            )
        return _deploy(row)

    def deploys(self, limit: int) -> tuple[Deploy, ...]:
        """The last deploys, newest first."""
        rows = self._all(
            f"SELECT {DEPLOY_COLUMNS} FROM deploys ORDER BY rowid DESC LIMIT ?",  # noqa: S608  # constant
            limit,
        )
        return tuple(_deploy(row) for row in rows)

    def unfinished(self) -> Deploy | None:
        """The deploy that is running, or whose process died."""
        row = self._one(
            f"SELECT {DEPLOY_COLUMNS} FROM deploys WHERE outcome = ? ORDER BY rowid DESC",  # noqa: S608  # constant
            Outcome.RUNNING,
        )
        return _deploy(row) if row else None

    def entries(self, deploy: str) -> tuple[Entry, ...]:
        """The journal of one deploy, oldest first."""
        rows = self._all(
            "SELECT deploy, step, status, at, detail FROM journal WHERE deploy = ? ORDER BY seq",
            deploy,
        )
        return tuple(_entry(row) for row in rows)

    def save_evidence(self, deploy: str, evidence: Evidence) -> None:
        """Keep what the prober saw."""
        with self._database() as database:
            database.execute(
                "INSERT OR REPLACE INTO evidence VALUES (?, ?)",
                (deploy, json.dumps(evidence.to_json())),
            )

    def evidence(self, deploy: str) -> Evidence | None:
        """What the prober saw; None when it never ran."""
        from hitless.domain.evidence import Evidence  # noqa: PLC0415  # not for a rollback

        row = self._one("SELECT document FROM evidence WHERE deploy = ?", deploy)
        return Evidence.from_json(json.loads(row["document"])) if row else None

    def close(self) -> None:
        """Close the connection; the next use opens another one.

        SQLite forbids a connection to cross a fork: the one that ends first unlinks the
        log into which the other goes on writing (howtocorrupt, section 2.6).
        """
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _release(self, row: sqlite3.Row) -> Release:
        """Decoded once: a release never changes, and a command asks for it again and again."""
        found = self._decoded.get(row["id"])
        if found is None:
            found = self._decoded[row["id"]] = decode(Release, json.loads(row["document"]))
        return found

    def _one(self, query: str, *values: Any) -> sqlite3.Row | None:
        with self._database() as database:
            row: sqlite3.Row | None = database.execute(query, values).fetchone()
            return row

    def _all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._database() as database:
            return database.execute(query, values).fetchall()

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """The connection inside one transaction."""
        try:
            if self._connection is None:
                self._connection = _opened(self._path)
            with self._connection:
                yield self._connection
        except sqlite3.Error as error:
            raise StateDamaged(
                f"the state in {self._path} cannot be used: {error}",
                f'move it away with "mv {self._path} {self._path}.damaged": '
                "the flags and labels still say what serves",
            ) from error


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found == 0:
        # One transaction: a crash leaves either no table or all of them.
        connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    elif found > SCHEMA_VERSION:
        raise StateDamaged(
            f"the state in {path} was written by a newer Hitless (schema {found})",
            'install that version with "pip install --upgrade hitless"',
        )
    return connection


def _deploy(row: sqlite3.Row) -> Deploy:
    return Deploy(
        id=row["id"],
        kind=Kind(row["kind"]),
        release=row["release"],
        previous=row["previous"],
        slot=Slot(row["slot"]),
        actor=row["actor"],
        started=row["started"],
        ended=row["ended"],
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
    )


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        deploy=row["deploy"],
        step=row["step"],
        status=Status(row["status"]),
        at=row["at"],
        detail=json.loads(row["detail"]),
    )
