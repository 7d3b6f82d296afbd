"""Connections of a database, from what psql prints."""

from __future__ import annotations

import pytest

from hitless.domain.database import Seats, declared, seats
from hitless.domain.settings import Proxy, Settings, Web, Worker
from hitless.domain.slot import Addresses, Slot

PRINTED = "limit|100\nreserve|3\nreserve|2\n10.1.2.16|7\n10.1.2.17|4\n10.1.2.112|5\nlocal|1\n"


def test_limit_reserve_and_clients_are_read() -> None:
    found = seats(PRINTED)
    assert found
    assert (found.limit, found.reserve) == (100, 5)
    assert [found.of(slot, Addresses("10.1.2.0/24")) for slot in Slot] == [11, 5]
    assert sum(found.taken.values()) == 17


@pytest.mark.parametrize("text", ["", "psql: error", "10.0.0.1|3", "limit|many", "limit|1|2"])
def test_anything_else_is_not_taken_for_a_count(text: str) -> None:
    assert seats(text) is None


def test_what_is_declared_counts_for_every_replica() -> None:
    settings = Settings(
        "shop",
        (),
        Proxy("nginx", ()),
        {"api": Web(80, "/", replicas=2, connections=20), "site": Web(80, "/")},
        {"worker": Worker(connections=5)},
    )
    assert declared(settings) == 45
    assert Seats(1, 0, {}).of(Slot.BLUE, Addresses("10.1.2.0/24")) == 0
