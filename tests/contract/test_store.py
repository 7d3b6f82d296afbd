"""What the domain expects of the recorded past."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.clock import MemoryClock
from hitless.adapters.memory.machine import Machine
from hitless.adapters.memory.store import MemoryStore
from hitless.adapters.sqlite_store import SqliteStore
from hitless.domain.errors import ReleaseUnknown, StateDamaged
from hitless.domain.evidence import Evidence, Failure, Second
from hitless.domain.journal import Deploy, Entry, Kind, Outcome, Status
from hitless.domain.release import Release
from hitless.domain.slot import Slot
from hitless.domain.traffic import TrafficKind
from testing.service import MODEL, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hitless.domain.ports import Store

FIRST = Release("1" * 8, "v1", "c0ffee", 1.0, {"api": "sha256:1"}, MODEL, SETTINGS, ("gzip on;",))
SECOND = replace(FIRST, id="2" * 8, version="v2", created=0.5)  # the clock went back
D1 = Deploy("d1", Kind.DEPLOY, FIRST.id, None, Slot.BLUE, "me@here", 100.0)
D2 = Deploy("d2", Kind.ROLLBACK, SECOND.id, FIRST.id, Slot.GREEN, "me@here", 50.0)
SEEN = Evidence(
    (Second(7, TrafficKind.NEW, sent=3, failed=1, latencies={4: 2}, by_slot={"blue": 2}),),
    (Failure(7.5, TrafficKind.NEW, "/", "status 500", status=500),),
)


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
    store.add_release(replace(FIRST, version="another"))
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
        store.begin(replace(D1, id=f"d{number}"))
    assert store.next_deploy_id() == "d12"
    assert store.deploys(1)[0].id == "d11"


def test_a_release_is_found_by_its_id_and_by_its_version_the_newest_first(store: Store) -> None:
    again = replace(FIRST, id="3" * 8)
    for release in (FIRST, SECOND, again):
        store.add_release(release)
    assert store.find_release(SECOND.id) == store.find_release("v2") == SECOND
    assert store.find_release("v1") == again
    assert store.find_release("v9") is None
    store.forget_release(again.id)
    assert store.find_release("v1") == FIRST


def test_what_is_forgotten_is_unknown(store: Store) -> None:
    store.add_release(FIRST)
    for _ in range(2):
        store.forget_release(FIRST.id)
    with pytest.raises(ReleaseUnknown, match="no release '11111111' is recorded"):
        store.release(FIRST.id)
    with pytest.raises(ReleaseUnknown, match="no deploy 'd7' is recorded"):
        store.deploy("d7")


def test_a_deploy_is_unfinished_until_it_ends(store: Store) -> None:
    store.begin(D1)
    assert store.unfinished() == D1
    store.end("d1", Outcome.KEPT_PREVIOUS, 101.5, "not ready")
    assert store.unfinished() is None
    ended = replace(D1, outcome=Outcome.KEPT_PREVIOUS, ended=101.5, reason="not ready")
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


def test_a_state_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    import sqlite3  # noqa: PLC0415  # one test looks inside

    path = tmp_path / "state.db"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 999")
    database.close()
    store = SqliteStore(path)
    with pytest.raises(StateDamaged, match="written by a newer Hitless"):
        store.deploys(1)
    store.close()
