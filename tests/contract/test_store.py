"""What the domain expects of the recorded past."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hitless.adapters import sqlite_schema, sqlite_store
from hitless.adapters.memory.clock import MemoryClock
from hitless.adapters.memory.machine import Machine
from hitless.adapters.memory.store import MemoryStore
from hitless.adapters.sqlite_store import SqliteStore
from hitless.domain.chain import first_broken
from hitless.domain.errors import (
    DiskFull,
    HitlessError,
    ReleaseUnknown,
    StateBusy,
    StateDamaged,
    Superseded,
)
from hitless.domain.evidence import Evidence, Failure, Second
from hitless.domain.journal import Deploy, Entry, Kind, Outcome, Status
from hitless.domain.lock import Freeze, Holder, Process, Ticket
from hitless.domain.rehearsal import Rehearsal
from hitless.domain.release import Release
from hitless.domain.slot import Slot
from hitless.domain.traffic import TrafficKind
from testing.service import MODEL, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.ports import Store

FIRST_VERSION = Path(__file__).with_name("state-of-version-1.sql")
FIRST = Release("1" * 8, "v1", "c0ffee", 1.0, {"api": "sha256:1"}, MODEL, SETTINGS, ("gzip on;",))
SECOND = FIRST._replace(id="2" * 8, version="v2", created=0.5)  # the clock went back
D1 = Deploy("d1", Kind.DEPLOY, FIRST.id, None, Slot.BLUE, "me@here", 100.0)
D2 = Deploy("d2", Kind.ROLLBACK, SECOND.id, FIRST.id, Slot.GREEN, "me@here", 50.0)
SEEN = Evidence(
    (Second(7, TrafficKind.NEW, sent=3, failed=1, latencies={4: 2}, by_slot={"blue": 2}),),
    (Failure(7.5, TrafficKind.NEW, "/", "status 500", status=500),),
)

TRIED = Rehearsal("v1", "v2", "me@here", 1.0, 2.0, 0.5, 12.5, {"hot": (0.1, 0.2)}, 9, 1, ("new /",))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = (
        MemoryStore(Machine(MemoryClock()))
        if request.param == "memory"
        else SqliteStore(tmp_path / "new" / "state.db")
    )
    yield made
    made.close()


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.releases() == ()
    assert store.deploys(9) == ()
    assert store.unfinished() is None
    assert store.next_deploy_id() == "d1"
    assert store.entries("d1") == ()
    assert store.evidence("d1") is None


def test_a_release_comes_back_as_it_was(store: Store) -> None:
    store.add_release(FIRST)
    store.add_release(FIRST._replace(version="another"))
    store.close()
    assert store.release(FIRST.id) == FIRST


def test_the_past_is_told_newest_first_whatever_the_clock_did(store: Store) -> None:
    for release, deploy in ((FIRST, D1), (SECOND, D2)):
        store.add_release(release)
        store.begin(deploy)
    assert store.releases() == (SECOND, FIRST)
    assert store.deploys(9) == (D2, D1)
    assert store.deploys(1) == (D2,)
    assert store.next_deploy_id() == "d3"


def test_the_tenth_deploy_comes_after_the_ninth(store: Store) -> None:
    for number in range(1, 12):
        store.begin(D1._replace(id=f"d{number}"))
    assert store.next_deploy_id() == "d12"
    assert store.deploys(1)[0].id == "d11"


def test_rehearsals_get_an_id_and_come_back_the_newest_first(store: Store) -> None:
    assert store.rehearsals(9) == ()
    first = store.add_rehearsal(TRIED)
    second = store.add_rehearsal(replace(TRIED, tiers={}, cutover_ms=None, reason="stopped"))
    assert (first, second.id) == (replace(TRIED, id="r1"), "r2")
    assert store.rehearsals(9) == (second, first)
    assert store.rehearsals(1) == (second,)


def test_a_release_is_found_by_its_id_and_by_its_version_the_newest_first(store: Store) -> None:
    again = FIRST._replace(id="3" * 8)
    for release in (FIRST, SECOND, again):
        store.add_release(release)
    assert store.find_release(SECOND.id) == store.find_release("v2") == SECOND
    assert store.find_release("v1") == again
    assert store.find_release("v9") is None
    store.forget_release(again.id)
    assert store.find_release("v1") == FIRST


def test_of_two_releases_of_one_version_the_one_that_served_last_is_meant(store: Store) -> None:
    """A second build that failed its gates, or that an equal build came back after, is not."""
    again = FIRST._replace(id="3" * 8)
    for release in (FIRST, SECOND, again):
        store.add_release(release)

    def ended(number: int, release: str, outcome: Outcome, kind: Kind = Kind.DEPLOY) -> str:
        one = D1._replace(id=f"d{number}", release=release, kind=kind)
        store.begin(one)
        store.end(one.id, outcome, 101.0, "")
        found = store.find_release("v1")
        assert found
        return found.id

    assert ended(1, FIRST.id, Outcome.LIVE) == FIRST.id
    assert ended(2, again.id, Outcome.ROLLED_BACK) == FIRST.id
    assert ended(3, again.id, Outcome.LIVE) == again.id
    assert ended(4, SECOND.id, Outcome.LIVE) == again.id
    assert ended(5, FIRST.id, Outcome.LIVE, Kind.ROLLBACK) == FIRST.id
    assert store.find_release(again.id) == again


def test_what_is_forgotten_is_unknown(store: Store) -> None:
    store.add_release(FIRST)
    for _ in range(2):
        store.forget_release(FIRST.id)
    with pytest.raises(ReleaseUnknown, match="no release '11111111' is recorded"):
        store.release(FIRST.id)
    with pytest.raises(ReleaseUnknown, match="no deploy 'd7' is recorded"):
        store.deploy("d7")


def test_the_deploy_that_last_brought_a_release_is_known_however_long_ago(store: Store) -> None:
    assert store.brought(FIRST.id) is None
    failed = D1._replace(id="d3", slot=Slot.GREEN)
    back = D1._replace(id="d4", kind=Kind.ROLLBACK)
    for one, outcome in (
        (D1, Outcome.LIVE), (D2, Outcome.LIVE), (failed, Outcome.ROLLED_BACK), (back, Outcome.LIVE),
    ):  # fmt: skip
        store.begin(one)
        store.end(one.id, outcome, 101.0, "")
    for number in range(5, 305):
        store.begin(D2._replace(id=f"d{number}"))
    found = store.brought(FIRST.id)
    assert found is not None
    assert (found.id, found.outcome) == ("d1", Outcome.LIVE)
    assert store.brought(SECOND.id) is None, "a rollback brings nothing new"
    again = D1._replace(id="d305")
    store.begin(again)
    assert store.brought(FIRST.id) == found, "it has not come yet"
    store.end(again.id, Outcome.LIVE, 102.0, "")
    assert store.brought(FIRST.id) == again._replace(outcome=Outcome.LIVE, ended=102.0)


def test_a_deploy_is_unfinished_until_it_ends(store: Store) -> None:
    store.begin(D1)
    assert store.unfinished() == D1
    store.end("d1", Outcome.KEPT_PREVIOUS, 101.5, "not ready")
    assert store.unfinished() is None
    ended = D1._replace(outcome=Outcome.KEPT_PREVIOUS, ended=101.5, reason="not ready")
    assert store.deploy("d1") == ended


def test_the_journal_keeps_its_order_and_its_facts(store: Store) -> None:
    store.begin(D1)
    entries = (
        Entry("d1", "start", Status.INTENT, 2.0),
        Entry("d1", "start", Status.FAILED, 1.0, {"reason": "no", "codes": {"a": 137}, "l": [1]}),
        Entry("d1", "start", Status.UNDONE, 3.0),
    )
    for entry in entries:
        store.write(entry)
    assert store.entries("d1") == entries
    assert store.entries("d2") == ()


def test_evidence_comes_back_and_may_be_replaced(store: Store) -> None:
    store.begin(D1)
    store.save_evidence("d1", Evidence())
    store.save_evidence("d1", SEEN)
    assert store.evidence("d1") == SEEN


def test_the_journal_is_a_chain_of_all_that_happened(store: Store) -> None:
    write_two_deploys(store)
    links = store.links()
    told = [(one.deploy, one.step, one.status) for one in links]
    assert told == [
        ("d1", "", "begun"),
        ("d1", "start", "intent"),
        ("d1", "start", "failed"),
        ("d1", "", "ended"),
        ("d2", "", "begun"),
    ]
    assert first_broken(links, store.deploys(9)) is None


def write_two_deploys(store: Store) -> None:
    store.begin(D1)
    store.write(Entry("d1", "start", Status.INTENT, 101.0))
    store.write(Entry("d1", "start", Status.FAILED, 102.0, {"reason": "kaputt: Größe 0"}))
    store.end("d1", Outcome.KEPT_PREVIOUS, 103.0, "kaputt")
    store.begin(D2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET detail = '{}' WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 3",
        "UPDATE deploys SET actor = 'you@there'",
        "DELETE FROM deploys WHERE id = 'd2'",
    ],
)
def test_the_database_refuses_to_change_the_past(tmp_path: Path, statement: str) -> None:
    with closing(SqliteStore(tmp_path / "state.db")) as store:
        write_two_deploys(store)
    with (
        closing(sqlite3.connect(tmp_path / "state.db")) as database,
        pytest.raises(sqlite3.IntegrityError, match=r"append-only|never changed|is forgotten"),
    ):
        database.execute(statement)


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE journal SET detail = '{}' WHERE seq = 3", 3),
        ("DELETE FROM journal WHERE seq = 2", 3),
        ("UPDATE deploys SET outcome = 'live' WHERE id = 'd1'", 4),
    ],
)
def test_who_changes_the_past_by_force_is_found_out(
    tmp_path: Path, statement: str, row: int
) -> None:
    with closing(SqliteStore(tmp_path / "state.db")) as store:
        write_two_deploys(store)
    with closing(sqlite3.connect(tmp_path / "state.db")) as database:
        for name in ("journal_update", "journal_delete"):
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
        database.commit()
    with closing(SqliteStore(tmp_path / "state.db")) as store:
        found = first_broken(store.links(), store.deploys(9))
    assert found
    assert found.seq == row


def test_a_file_that_is_damaged_behind_its_first_page_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(SqliteStore(path)) as store:
        write_two_deploys(store)
        for number in range(200):
            store.write(Entry("d2", "start", Status.DONE, 1.0, {"number": number, "x": "y" * 99}))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"\xff" * (len(whole) // 2))
    with (
        closing(SqliteStore(path)) as store,
        pytest.raises(StateDamaged, match="cannot be used") as caught,
    ):
        store.links()
    assert f"{path}.damaged" in caught.value.hint


HOLDER = Holder("me@here", "deploy v1", 100.0, Process("here", 7, 70, "boot"), "why", "url")


def again(store: Store) -> Store:
    """The same past, as another process has it."""
    if isinstance(store, MemoryStore):
        return store.another()
    assert isinstance(store, SqliteStore)
    return SqliteStore(store._path)


def test_each_taking_of_the_lock_has_a_greater_token(store: Store) -> None:
    assert store.holder() is None
    first = store.take(HOLDER)
    second = store.take(HOLDER._replace(command="rollback", ticket=9))
    assert second.token > first.token
    assert store.holder() == second
    assert store.served() == 9
    store.take(HOLDER)
    assert store.served() == 9


def test_who_lost_the_lock_can_write_nothing_more(store: Store) -> None:
    store.add_release(FIRST)
    store.take(HOLDER)
    store.begin(D1)
    other = again(store)
    other.take(HOLDER._replace(actor="you@there", command="recover"))
    writes = (
        store.check,
        lambda: store.begin(D2),
        lambda: store.write(Entry("d1", "start", Status.INTENT, 2.0)),
        lambda: store.end("d1", Outcome.LIVE, 3.0, ""),
        lambda: store.save_evidence("d1", SEEN),
        lambda: store.add_release(SECOND),
        lambda: store.forget_release(FIRST.id),
    )
    for write in writes:
        with pytest.raises(Superseded, match="taken over by you@there: recover"):
            write()
    assert store.deploys(9) == (D1,)
    assert store.entries("d1") == ()
    assert store.releases() == (FIRST,)
    other.end("d1", Outcome.KEPT_PREVIOUS, 3.0, "")
    other.check()
    other.close()


def test_who_took_no_lock_is_not_held_to_one(store: Store) -> None:
    again(store).take(HOLDER)
    store.check()
    store.begin(D1)
    assert store.deploys(9) == (D1,)


def test_another_process_may_go_on_under_the_same_token(store: Store) -> None:
    taken = store.take(HOLDER)
    behind = HOLDER.process._replace(pid=8)
    store.hand_on(behind)
    store.check()
    assert store.holder() == taken._replace(process=behind)


def test_a_ticket_of_the_queue_is_never_given_twice(store: Store) -> None:
    ticket = Ticket("v1", "me@here", HOLDER.process)
    first = store.queue(ticket)
    store.unqueue(first.number)
    second = store.queue(ticket)
    third = store.queue(ticket._replace(version="v2"))
    assert first.number < second.number < third.number
    assert store.waiting() == (second, third)
    for _ in range(2):
        store.unqueue(second.number)
    assert store.waiting() == (third,)


def test_one_freeze_at_a_time_is_kept_until_it_is_taken_back(store: Store) -> None:
    assert store.frozen() is None
    store.freeze(Freeze(200.0, "holiday", "me@here", 100.0))
    last = Freeze(300.0, "", "you@there", 150.0)
    store.freeze(last)
    assert again(store).frozen() == last
    for _ in range(2):
        store.freeze(None)
    assert store.frozen() is None


def test_another_process_sees_what_was_written_at_once(tmp_path: Path) -> None:
    writer, reader = (SqliteStore(tmp_path / "state.db") for _ in range(2))
    writer.begin(D1)
    assert reader.unfinished() == D1
    reader.close()
    writer.close()


def test_the_state_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "home" / "state.db")
    store.begin(D1)
    store.close()
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"no database " * 500, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_told_with_the_way_out(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(damage)
    store = SqliteStore(path)
    with pytest.raises(StateDamaged, match="cannot be used") as caught:
        store.unfinished()
    assert f'mv {path} {path}.damaged"' in caught.value.hint
    store.close()


def test_a_file_that_another_program_keeps_locked_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.05)
    path = tmp_path / "state.db"
    store = SqliteStore(path)
    store.begin(D1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateBusy, match=r"kept .*state\.db locked") as caught:
            store.write(Entry("d1", "start", Status.INTENT, 2.0))
    assert f'"fuser -v {path}"' in caught.value.hint
    store.write(Entry("d1", "start", Status.INTENT, 2.0))
    assert len(store.entries("d1")) == 1
    store.close()


@pytest.mark.parametrize(
    ("code", "error", "hint"),
    [
        (sqlite3.SQLITE_FULL, DiskFull, "docker image prune"),
        (sqlite3.SQLITE_READONLY, StateDamaged, "ls -l"),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, StateDamaged, "ls -l"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StateBusy, "fuser -v"),
        (sqlite3.SQLITE_CORRUPT, StateDamaged, "mv "),
    ],
)
def test_each_trouble_with_the_file_has_its_own_way_out(
    code: int, error: type[HitlessError], hint: str
) -> None:
    trouble = sqlite3.OperationalError("trouble")
    trouble.sqlite_errorcode = code
    told = sqlite_store._told(Path("state.db"), trouble)
    assert type(told) is error
    assert hint in told.hint


@pytest.mark.parametrize("version", [1, 2])
def test_the_state_of_an_earlier_version_is_brought_forward_without_loss(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(FIRST_VERSION.read_text())
        if version == 2:
            old.executescript(sqlite_schema.WHO)
        old.execute(f"PRAGMA user_version = {version}")
    store = SqliteStore(path)
    assert [one.id for one in store.deploys(9)] == ["d2", "d1"]
    assert store.deploy("d1").outcome is Outcome.LIVE
    assert store.unfinished() == store.deploy("d2")
    assert [e.step for e in store.entries("d2")] == ["preflight", "preflight", "start"]
    assert store.release("1" * 8) == FIRST
    assert store.evidence("d1") == SEEN
    assert store.take(HOLDER).token == 1
    assert store.next_deploy_id() == "d3"
    assert first_broken(store.links(), store.deploys(9)) is None
    assert len(store.links()) == 8
    store.close()
    with closing(SqliteStore(tmp_path / "fresh.db")) as fresh:
        fresh.deploys(1)
    assert tables(path) == tables(tmp_path / "fresh.db")


def test_a_state_that_could_not_be_brought_forward_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(FIRST_VERSION.read_text())
    before = tables(path)
    with monkeypatch.context() as broken:
        broken.setattr(sqlite_schema, "JOURNAL", f"{sqlite_schema.JOURNAL}DROP TABLE absent;\n")
        with pytest.raises(StateDamaged, match="no such table: absent"):
            SqliteStore(path).deploys(1)
    assert tables(path) == before
    assert [one.id for one in SqliteStore(path).deploys(9)] == ["d2", "d1"]


def tables(path: Path) -> dict[str, str]:
    """What the database is made of, each blank counted as one."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in rows}


def test_a_state_from_before_rehearsals_gets_a_place_for_them(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(SqliteStore(path)) as store:
        store.deploys(1)
    made = tables(path)
    with closing(sqlite3.connect(path)) as old:
        old.execute("DROP TABLE rehearsals")
        old.execute("PRAGMA user_version = 3")
    with closing(SqliteStore(path)) as store:
        assert store.add_rehearsal(TRIED).id == "r1"
    assert tables(path) == made


def test_a_state_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 999")
    database.close()
    store = SqliteStore(path)
    with pytest.raises(StateDamaged, match="written by a newer Hitless"):
        store.deploys(1)
    store.close()
