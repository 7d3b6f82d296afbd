"""The recorded past in one SQLite file.

WAL with synchronous=FULL: what :meth:`SqliteStore.write` returned from is on disk,
also after a power failure, and readers never wait for a running deploy.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hitless.adapters.sqlite_schema import append, prepare
from hitless.domain import chain
from hitless.domain.chain import Link
from hitless.domain.codec import decode, encode
from hitless.domain.errors import (
    DiskFull,
    HitlessError,
    ReleaseUnknown,
    StateBusy,
    StateDamaged,
    Superseded,
)
from hitless.domain.journal import Deploy, Entry, Kind, Outcome, Status
from hitless.domain.lock import Freeze, Holder, Ticket
from hitless.domain.release import Release
from hitless.domain.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hitless.domain.evidence import Evidence
    from hitless.domain.lock import Process
    from hitless.domain.rehearsal import Rehearsal

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
        self._token = 0

    def add_release(self, release: Release) -> None:
        """Record a release; no effect when it is recorded."""
        with self._writing() as database:
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
        """The release of that id or version, of several the one that served last; or None."""
        served = "SELECT max(rowid) FROM deploys WHERE release = releases.id AND outcome = ?"
        row = self._one(
            "SELECT id, document FROM releases"  # noqa: S608  # constant
            " WHERE ? IN (id, json_extract(document, '$.version'))"
            f" ORDER BY ({served}) DESC, rowid DESC LIMIT 1",  # nobody's rowid is NULL: last
            *(name, Outcome.LIVE),
        )
        return self._release(row) if row else None

    def releases(self) -> tuple[Release, ...]:
        """All recorded releases, newest first."""
        rows = self._all("SELECT id, document FROM releases ORDER BY rowid DESC")
        return tuple(self._release(row) for row in rows)

    def forget_release(self, release_id: str) -> None:
        """Remove a release that nothing needs any more."""
        with self._writing() as database:
            database.execute("DELETE FROM releases WHERE id = ?", (release_id,))
        self._decoded.pop(release_id, None)

    def next_deploy_id(self) -> str:
        """``d`` and a number that no deploy has: short enough to type."""
        row = self._one("SELECT max(CAST(substr(id, 2) AS INTEGER)) AS last FROM deploys")
        return f"d{(row['last'] if row and row['last'] else 0) + 1}"

    def begin(self, deploy: Deploy) -> None:
        """Record that a deploy began."""
        values = encode(deploy)
        with self._writing() as database:
            database.execute(
                f"INSERT INTO deploys ({DEPLOY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # constant
                tuple(values[name.strip()] for name in DEPLOY_COLUMNS.split(",")),
            )
            detail = chain.begun(deploy)
            append(database, Link(0, deploy.id, "", chain.BEGUN, deploy.started, detail))

    def write(self, entry: Entry) -> None:
        """Append to the journal; on disk before this returns."""
        detail = chain.canonical(entry.detail)
        with self._writing() as database:
            append(database, Link(0, entry.deploy, entry.step, entry.status, entry.at, detail))

    def end(self, deploy: str, outcome: Outcome, at: float, reason: str) -> None:
        """Record how a deploy ended."""
        with self._writing() as database:
            database.execute(
                "UPDATE deploys SET outcome = ?, ended = ?, reason = ? WHERE id = ?",
                (outcome, at, reason, deploy),
            )
            detail = chain.ended(outcome, at, reason)
            append(database, Link(0, deploy, "", chain.ENDED, at, detail))

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

    def brought(self, release_id: str) -> Deploy | None:
        """The deploy, no rollback, that last brought a release into service."""
        row = self._one(
            f"SELECT {DEPLOY_COLUMNS} FROM deploys"  # noqa: S608  # constant
            " WHERE release = ? AND kind = ? AND outcome = ? ORDER BY rowid DESC LIMIT 1",
            *(release_id, Kind.DEPLOY, Outcome.LIVE),
        )
        return _deploy(row) if row else None

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
            "SELECT deploy, step, status, at, detail FROM journal"
            " WHERE deploy = ? AND step <> '' ORDER BY seq",
            deploy,
        )
        return tuple(_entry(row) for row in rows)

    def links(self) -> tuple[Link, ...]:
        """The whole journal as a chain, oldest first."""
        found = self._all("PRAGMA quick_check(1)")[0][0]
        if found != "ok":
            raise _damaged(self._path, found)
        columns = "seq, deploy, step, status, at, detail, hash"
        rows = self._all(f"SELECT {columns} FROM journal ORDER BY seq")  # noqa: S608  # constant
        return tuple(Link(*row) for row in rows)

    def save_evidence(self, deploy: str, evidence: Evidence) -> None:
        """Keep what the prober saw."""
        with self._writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO evidence VALUES (?, ?)",
                (deploy, json.dumps(evidence.to_json())),
            )

    def evidence(self, deploy: str) -> Evidence | None:
        """What the prober saw; None when it never ran."""
        from hitless.domain.evidence import Evidence  # noqa: PLC0415  # not for a rollback

        row = self._one("SELECT document FROM evidence WHERE deploy = ?", deploy)
        return Evidence.from_json(json.loads(row["document"])) if row else None

    def take(self, holder: Holder) -> Holder:
        """Record who holds the lock from now on; it comes back with its token."""
        with self._writing(durable=False) as database:
            last = database.execute("SELECT token, served FROM lock").fetchone()
            token, served = (last["token"] + 1, last["served"]) if last else (1, 0)
            taken = holder._replace(token=token)
            row = (token, max(served, holder.ticket), json.dumps(encode(taken)))
            database.execute("INSERT OR REPLACE INTO lock VALUES (1, ?, ?, ?)", row)
        self._token = token
        return taken

    def hand_on(self, process: Process) -> None:
        """Record that another process goes on under the same token."""
        holder = self.holder()
        if holder is not None:
            document = json.dumps(encode(holder._replace(process=process)))
            with self._writing(durable=False) as database:
                database.execute("UPDATE lock SET document = ?", (document,))

    def holder(self) -> Holder | None:
        """Who took the lock last; None when nobody ever did."""
        row = self._one("SELECT document FROM lock")
        return decode(Holder, json.loads(row["document"])) if row else None

    def check(self) -> None:
        """Raises Superseded when somebody else has taken the lock since."""
        with self._reading() as database:
            self._refuse_stale(database)

    def served(self) -> int:
        """The highest ticket whose deploy got the lock."""
        row = self._one("SELECT served FROM lock")
        return int(row["served"]) if row else 0

    def queue(self, ticket: Ticket) -> Ticket:
        """Stand in the queue of deploys; the ticket comes back with its number."""
        with self._writing(durable=False) as database:
            document = json.dumps(encode(ticket))
            made = database.execute("INSERT INTO queue (document) VALUES (?)", (document,))
            return ticket._replace(number=made.lastrowid or 0)

    def unqueue(self, number: int) -> None:
        """Leave the queue."""
        with self._writing(durable=False) as database:
            database.execute("DELETE FROM queue WHERE number = ?", (number,))

    def waiting(self) -> tuple[Ticket, ...]:
        """Who stands in the queue, in the order of arrival; some may have died."""
        rows = self._all("SELECT number, document FROM queue ORDER BY number")
        tickets = (decode(Ticket, json.loads(row["document"])) for row in rows)
        return tuple(
            one._replace(number=row["number"]) for one, row in zip(tickets, rows, strict=True)
        )

    def freeze(self, freeze: Freeze | None) -> None:
        """Allow no deploys for a time, or allow them again."""
        with self._writing() as database:
            database.execute("DELETE FROM freeze")
            if freeze is not None:
                row = (json.dumps(encode(freeze)),)
                database.execute("INSERT INTO freeze VALUES (1, ?)", row)

    def frozen(self) -> Freeze | None:
        """The last freeze that was not taken back; it may have expired."""
        row = self._one("SELECT document FROM freeze")
        return decode(Freeze, json.loads(row["document"])) if row else None

    def add_rehearsal(self, rehearsal: Rehearsal) -> Rehearsal:
        """Record a rehearsal; it comes back with its id."""
        document = json.dumps(encode(rehearsal))
        with self._writing() as database:
            made = database.execute("INSERT INTO rehearsals (document) VALUES (?)", (document,))
            return decode(type(rehearsal), encode(rehearsal) | {"id": f"r{made.lastrowid}"})

    def rehearsals(self, limit: int) -> tuple[Rehearsal, ...]:
        """The last rehearsals, newest first."""
        from hitless.domain.rehearsal import Rehearsal  # noqa: PLC0415  # not for a rollback

        rows = self._all("SELECT * FROM rehearsals ORDER BY number DESC LIMIT ?", limit)
        return tuple(
            decode(Rehearsal, json.loads(row["document"]) | {"id": f"r{row['number']}"})
            for row in rows
        )

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
        with self._reading() as database:
            row: sqlite3.Row | None = database.execute(query, values).fetchone()
            return row

    def _all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._reading() as database:
            return database.execute(query, values).fetchall()

    @contextmanager
    def _writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction, in which no process writes that has lost the lock.

        Without ``durable`` it may be lost with the power: right for what only tells of
        processes, which are lost with it.
        """
        with self._reading() as database:
            database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            database.execute("BEGIN IMMEDIATE")
            try:
                self._refuse_stale(database)
                yield database
            except BaseException:
                database.rollback()
                raise
            database.commit()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """The connection; what SQLite says becomes an error with the next command."""
        try:
            if self._connection is None:
                self._connection = _opened(self._path)
            yield self._connection
        except sqlite3.Error as error:
            raise _told(self._path, error) from error

    def _refuse_stale(self, database: sqlite3.Connection) -> None:
        if not self._token:
            return
        row = database.execute("SELECT token, document FROM lock").fetchone()
        if row is None or row["token"] != self._token:
            by = decode(Holder, json.loads(row["document"])) if row else None
            raise Superseded(
                f"the lock was taken over by {by.actor}: {by.command}"
                if by
                else "the record of the lock was removed",
                'see what serves now with "hitless status"',
            )


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Transactions begin where the code says so: isolation_level None.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _told(path: Path, error: sqlite3.Error) -> HitlessError:
    """What is wrong with the file, and what helps without losing anything of it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it are finer reasons
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StateBusy(
            f"another program has kept {path} locked for {BUSY_SECONDS:g} s: {error}",
            f'see which with "fuser -v {path}", and try again when it has ended',
        )
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(
            f"the disk is full, nothing more can be recorded in {path}",
            'free some with "docker image prune", then run "hitless recover"',
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StateDamaged(
            f"the state in {path} cannot be opened or written: {error}",
            f'look at its owner and rights with "ls -l {path.parent}"',
        )
    return _damaged(path, str(error))


def _damaged(path: Path, how: str) -> StateDamaged:
    return StateDamaged(
        f"the state in {path} cannot be used: {how}",
        f'move it away with "mv {path} {path}.damaged": the flags and labels still say what serves',
    )


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
