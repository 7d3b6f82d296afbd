"""A long past costs nothing: what status and a rollback read does not grow with it.

Counted in rows that the real store hands out; in seconds it is benchmarks/scale.py.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.sqlite_store import SqliteStore
from hitless.cli import status
from hitless.deploy.deploy import deploy
from hitless.deploy.rollback import rollback
from hitless.deploy.standing import observe, recorded_service
from hitless.domain.journal import Kind, Outcome
from testing.past import lengthen
from testing.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hitless.deploy.context import World

SHORT, LONG = 20, 200


class Counting(SqliteStore):
    """Counts the rows that are read; what it writes may be lost with the power."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.rows = 0

    @contextmanager
    def _writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:  # noqa: ARG002
        with super()._writing(durable=False) as database:
            yield database

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with super()._reading() as database:
            database.row_factory = self._counted
            yield database

    def _counted(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        self.rows += 1
        return sqlite3.Row(cursor, row)


class Shop:
    """A service whose past is kept by the real store."""

    def __init__(self, directory: Path, releases: int) -> None:
        self._service = Service(directory)
        self._past = directory / "state.db"
        self._deploy("v0")
        store = Counting(self._past)
        past = lengthen(store, releases)
        self._deploy("v1")
        self._deploy("v2")
        for one in past:
            store.add_release(one)
        store.close()

    def process(self) -> tuple[World, Counting]:
        """A process that begins now, and its count."""
        store = Counting(self._past)
        return self._service.process()._replace(store=store), store

    def _deploy(self, version: str) -> None:
        self._service.make(version)
        world, store = self.process()
        deploy(world, self._service.settings, version=version)
        store.close()


@pytest.fixture
def shops(tmp_path: Path) -> tuple[Shop, Shop]:
    """One with a short past and one with a long one."""
    return Shop(tmp_path / "short", SHORT), Shop(tmp_path / "long", LONG)


def rows_of_status(shop: Shop) -> int:
    world, store = shop.process()
    told = status._document(world, observe(world, recorded_service(world)))
    assert {slot["version"] for slot in told["slots"].values()} == {"v1", "v2"}
    store.close()
    return store.rows


def rows_of_rollback(shop: Shop, to: str = "") -> int:
    world, store = shop.process()
    assert rollback(world, to=to, wait=True).deploy
    store.close()
    return store.rows


def test_status_reads_no_more_rows_with_two_hundred_releases(shops: tuple[Shop, Shop]) -> None:
    short, long = map(rows_of_status, shops)
    assert long == short


def test_a_rollback_reads_no_more_rows_with_two_hundred_releases(shops: tuple[Shop, Shop]) -> None:
    short, long = map(rows_of_rollback, shops)
    assert long == short


def test_after_two_hundred_rollbacks_the_way_back_is_still_known(shops: tuple[Shop, Shop]) -> None:
    """The deploy that brought a release may be that long ago."""
    _, store = shops[0].process()
    last = store.deploys(1)[0]
    for _ in range(LONG):
        again = last._replace(id=store.next_deploy_id(), kind=Kind.ROLLBACK)
        store.begin(again._replace(outcome=Outcome.RUNNING))
        store.end(again.id, Outcome.LIVE, last.started, "")
    store.close()
    assert rows_of_rollback(shops[0])
