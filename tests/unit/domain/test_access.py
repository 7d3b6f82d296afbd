"""Lines of the edge's log, as nginx 1.26 wrote them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hitless.domain.access import Access, Attempt, read_access
from hitless.domain.ledger import Count, Ledger, without
from hitless.domain.sequential import Shared
from hitless.domain.slot import Addresses, Slot

ADDRESSES = Addresses("10.1.2.0/24")
BLUE, GREEN = "10.1.2.16", "10.1.2.112"
LINE = {
    "time": "2026-11-23T22:00:00+00:00",
    "msec": 1795472184.509,
    "request_id": "a" * 32,
    "slot": "blue",
    "status": 200,
    "upstream": f"{BLUE}:8000",
    "upstream_status": "200",
    "upstream_connect": "0.000",
    "upstream_duration": "0.012",
    "release": "41f9c2aa",
    "probe": "",
}


def line(**changed: Any) -> Access:
    found = read_access(json.dumps(LINE | changed))
    assert found
    return found


def test_an_answer() -> None:
    found = line()
    assert (found.at, found.slot, found.status) == (1795472184.509, "blue", 200)
    assert (found.release, found.probe) == ("41f9c2aa", "")
    assert found.attempts == (Attempt(BLUE, 200, ms=12.0),)


def test_a_refused_connection_and_the_answer_of_the_backup() -> None:
    found = line(
        upstream=f"{BLUE}:8000, {GREEN}:8000",
        upstream_status="502, 200",
        upstream_connect="-, 0.000",
        upstream_duration="0.000, 0.003",
    )
    refused, answered = found.attempts
    assert (refused.failed, refused.connected) == (True, False)
    assert answered == Attempt(GREEN, 200, ms=3.0)


def test_two_upstreams_after_an_internal_redirect() -> None:
    found = line(
        upstream=f"{BLUE}:8000 : {GREEN}:8000",
        upstream_status="404 : 200",
        upstream_connect="0.000 : 0.000",
        upstream_duration="0.001 : 0.003",
    )
    assert [a.status for a in found.attempts] == [404, 200]


def test_a_user_who_left_and_an_answer_of_nginx_itself() -> None:
    (left,) = line(status=499, upstream_status="-", upstream_duration="0.053").attempts
    assert (left.status, left.failed, left.timed) == (0, False, True)
    nothing = dict.fromkeys(
        ("upstream", "upstream_status", "upstream_connect", "upstream_duration"), ""
    )
    assert line(status=503, **nothing).attempts == ()


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "not json", '{"msec": 1}', '{"msec": "x", "slot": "blue"}']
)
def test_other_lines_are_none(text: str) -> None:
    assert read_access(text) is None


def ledger(*lines: Access) -> Ledger:
    found = Ledger(Slot.GREEN, {Slot.GREEN: "new", Slot.BLUE: "old"}, ADDRESSES)
    found.add(lines)
    return found


def request(at: float, *attempts: Attempt, **other: Any) -> Access:
    return Access(at, "green", attempts[-1].status, attempts=attempts, **other)


WELL, FAILED, OLD = Attempt(GREEN, 200, ms=5.0), Attempt(GREEN, 500), Attempt(BLUE, 200, ms=5.0)


def totals(counts: tuple[Count, ...]) -> list[tuple[int, int, int]]:
    return [(count.at, count.sent, count.failed) for count in counts]


def test_requests_are_counted_by_second_and_slot() -> None:
    seen = ledger(request(7.1, WELL), request(7.9, FAILED), request(8.0, OLD))
    assert totals(seen.of(Slot.GREEN)) == [(7, 2, 1)]
    assert totals(seen.of(Slot.BLUE)) == [(8, 1, 0)]
    assert seen.of(Slot.BLUE, end=8.0) == ()


def test_who_answers_for_another_leaves_it_its_failure() -> None:
    seen = ledger(request(7.0, Attempt(GREEN, 502, connected=False), OLD))
    assert totals(seen.of(Slot.GREEN)) == [(7, 1, 1)]
    assert totals(seen.of(Slot.BLUE)) == [(7, 1, 0)]
    assert seen.refused == 1


def test_a_connection_that_had_idled_out_and_was_repeated_is_no_failure() -> None:
    seen = ledger(request(7.0, Attempt(GREEN, 502), WELL))
    assert totals(seen.of(Slot.GREEN)) == [(7, 1, 0)]


def test_the_application_knows_better_who_it_is_than_its_address() -> None:
    seen = ledger(request(7.0, WELL, release="old"))
    assert seen.of(Slot.GREEN) == ()
    assert totals(seen.of(Slot.BLUE)) == [(7, 1, 0)]


def test_when_no_server_is_left_the_chosen_slot_has_failed() -> None:
    seen = ledger(request(7.0, Attempt("api_green", 502, connected=False)))
    assert totals(seen.of(Slot.GREEN)) == [(7, 1, 1)]


def test_probes_are_not_users() -> None:
    assert ledger(request(7.0, FAILED, probe="prober")).of(Slot.GREEN) == ()


def test_websockets_have_no_time() -> None:
    (count,) = ledger(request(7.0, Attempt(GREEN, 101, ms=3_600_000.0))).of(Slot.GREEN)
    assert (count.sent, count.failed, dict(count.latencies)) == (1, 0, {})


def test_both_slots_at_the_same_time() -> None:
    seen = ledger(request(7.0, WELL), request(7.5, FAILED), request(7.6, OLD), request(8.0, WELL))
    assert seen.shared(0.0) == (Shared(2, 1, 1, 0),)


def test_after_a_restart_nothing_older_is_held_against_the_new_slot() -> None:
    seen = ledger(*[request(7.0, FAILED)] * 12)
    assert seen.worst_streak == 12
    seen.restart(9.0)
    seen.add([request(8.5, FAILED), request(9.5, FAILED)])
    assert seen.worst_streak == 1


def test_what_was_known_before_is_subtracted() -> None:
    now = (Count(1, 5, 1, {3: 4}), Count(2, 6, 0, {3: 6}))
    assert without(now, [Count(1, 5, 1, {3: 4})]) == (Count(2, 6, 0, {3: 6}),)
    assert without(now, [Count(2, 4, 0, {3: 4})])[1] == Count(2, 2, 0, {3: 2})
