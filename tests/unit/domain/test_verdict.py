"""What condemns a release."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hitless.domain.container import SLOT, Container
from hitless.domain.evidence import Evidence, Failure, Second
from hitless.domain.slot import Slot
from hitless.domain.traffic import TrafficKind
from hitless.domain.verdict import sick_container, sick_traffic

WELL = Container("1", "shop-blue-api", {SLOT: "blue"}, "running", health="healthy")
FAILURE = Failure(1.0, TrafficKind.NEW, "/", "status 500", status=500)


@pytest.mark.parametrize(
    ("sick", "why"),
    [
        (replace(WELL, oom_killed=True), "killed for want of memory"),
        (replace(WELL, restarts=2), "restarted 2 times"),
        (replace(WELL, state="exited", exit_code=137), "is exited with exit code 137"),
        (replace(WELL, state="paused"), "is paused"),
        (replace(WELL, health="unhealthy"), "reports itself unhealthy"),
    ],
)
def test_one_sick_container_condemns(sick: Container, why: str) -> None:
    assert why in sick_container([WELL, sick, WELL])


def test_well_containers_do_not_condemn() -> None:
    assert sick_container([WELL, replace(WELL, health=""), replace(WELL, health="starting")]) == ""
    assert sick_container([]) == ""


def seen(sent: int, failed: int, streak: int) -> Evidence:
    second = Second(1, TrafficKind.NEW, sent=sent, failed=failed, streak=streak)
    return Evidence((second,), (FAILURE,) if failed else ())


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (seen(1000, 10, 10), "10 requests in a row failed, the last with: status 500"),
        (seen(100, 50, 1), "50 of 100 requests failed"),
        (seen(20, 5, 1), "5 of 20 requests failed"),
        (Evidence((Second(1, TrafficKind.NEW, sent=9, failed=9, streak=12),)), "no answer"),
    ],
)
def test_bad_answers_condemn(evidence: Evidence, why: str) -> None:
    assert why in sick_traffic(evidence)


@pytest.mark.parametrize(
    "evidence", [Evidence(), seen(1000, 0, 0), seen(20, 4, 4), seen(1000, 9, 9)]
)
def test_few_bad_answers_among_many_do_not_condemn(evidence: Evidence) -> None:
    assert sick_traffic(evidence) == ""


def test_a_container_of_no_slot_is_in_none() -> None:
    assert replace(WELL, labels={}).slot is None
    assert replace(WELL, labels={SLOT: "purple"}).slot is None
    assert WELL.slot is Slot.BLUE
