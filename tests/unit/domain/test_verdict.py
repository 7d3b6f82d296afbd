"""What condemns a release."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hitless.domain.access import Access, Attempt
from hitless.domain.container import SLOT, Container
from hitless.domain.evidence import Evidence, Failure, Second
from hitless.domain.ledger import Ledger
from hitless.domain.slot import Addresses, Slot
from hitless.domain.traffic import TrafficKind
from hitless.domain.verdict import sick_container, sick_traffic

WELL = Container("1", "shop-blue-api", {SLOT: "blue"}, "running", health="healthy")
FAILURE = Failure(1.0, TrafficKind.NEW, "/", "status 500", status=500)


@pytest.mark.parametrize(
    ("sick", "why"),
    [
        (WELL._replace(oom_killed=True), "killed for want of memory"),
        (WELL._replace(restarts=2), "restarted 2 times"),
        (WELL._replace(state="exited", exit_code=137), "is exited with exit code 137"),
        (WELL._replace(state="paused"), "is paused"),
        (WELL._replace(health="unhealthy"), "reports itself unhealthy"),
    ],
)
def test_one_sick_container_condemns(sick: Container, why: str) -> None:
    assert why in sick_container([WELL, sick, WELL])


def test_well_containers_do_not_condemn() -> None:
    assert sick_container([WELL, WELL._replace(health=""), WELL._replace(health="starting")]) == ""
    assert sick_container([]) == ""


ADDRESSES = Addresses("10.150.7.0/24")
NEW, OLD = ADDRESSES.of(Slot.GREEN, 0), ADDRESSES.of(Slot.BLUE, 0)


def seen(sent: int, failed: int, streak: int) -> Evidence:
    second = Second(1, TrafficKind.NEW, sent=sent, failed=failed, streak=streak)
    return Evidence((second,), (FAILURE,) if failed else ())


def users(*attempts: Attempt) -> Ledger:
    """One request of a user for each attempt."""
    ledger = Ledger(Slot.GREEN, {Slot.GREEN: "new", Slot.BLUE: "old"}, ADDRESSES)
    ledger.add(Access(1.0, "green", one.status, attempts=(one,)) for one in attempts)
    return ledger


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (seen(1000, 10, 10), "10 probes in a row failed, the last with: status 500"),
        (Evidence((Second(1, TrafficKind.NEW, sent=9, failed=9, streak=12),)), "no answer"),
    ],
)
def test_ten_probes_in_a_row_condemn(evidence: Evidence, why: str) -> None:
    assert why in sick_traffic(evidence, users())


@pytest.mark.parametrize(
    "evidence", [Evidence(), seen(1000, 0, 0), seen(20, 5, 4), seen(1000, 9, 9)]
)
def test_fewer_in_a_row_are_left_to_the_statistics(evidence: Evidence) -> None:
    assert sick_traffic(evidence, users()) == ""


def test_ten_requests_of_users_in_a_row_condemn_nine_do_not() -> None:
    bad, good = Attempt(NEW, 500), Attempt(NEW, 200, ms=1.0)
    assert sick_traffic(Evidence(), users(*[bad] * 9, good, *[bad] * 9)) == ""
    assert "10 requests of users in a row" in sick_traffic(Evidence(), users(good, *[bad] * 10))


def test_one_refused_connection_condemns_if_it_is_the_new_release_that_refuses() -> None:
    refused = Attempt(NEW, 502, connected=False)
    assert "no connection" in sick_traffic(Evidence(), users(refused))
    assert sick_traffic(Evidence(), users(replace(refused, address=OLD))) == ""


def test_a_container_of_no_slot_is_in_none() -> None:
    assert WELL._replace(labels={}).slot is None
    assert WELL._replace(labels={SLOT: "purple"}).slot is None
    assert WELL.slot is Slot.BLUE
