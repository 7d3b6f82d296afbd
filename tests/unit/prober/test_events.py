"""A message is missing when others got it, and only after a client had time to return."""

from __future__ import annotations

from hitless.adapters.prober.events import SETTLE, EventLedger


def test_a_message_that_one_of_three_never_got_is_missing_once() -> None:
    ledger = EventLedger()
    for event in (1, 2, 3):
        for socket in (0, 1, 2):
            if (socket, event) != (1, 2):
                ledger.seen(socket, event, now=0)
    assert ledger.missed(now=SETTLE - 1) == []
    assert ledger.missed(now=SETTLE) == [(1, 2)]
    assert ledger.missed(now=SETTLE * 2) == []


def test_a_replay_after_a_reconnection_makes_up_for_the_time_away() -> None:
    ledger = EventLedger()
    for socket in (0, 1):
        ledger.seen(socket, 1, now=0)
    ledger.seen(0, 2, now=1)
    assert not ledger.seen(1, 2, now=4)
    assert ledger.missed(now=100) == []


def test_nothing_is_owed_from_before_the_first_message() -> None:
    ledger = EventLedger()
    ledger.seen(0, 1, now=0)
    ledger.seen(0, 2, now=0)
    ledger.seen(1, 2, now=0)
    assert ledger.missed(now=100) == []


def test_messages_may_come_out_of_order() -> None:
    ledger = EventLedger()
    ledger.seen(0, 1, now=0)
    ledger.seen(1, 1, now=0)
    for socket, event in ((0, 2), (0, 3), (1, 3), (1, 2)):
        assert not ledger.seen(socket, event, now=1)
    assert ledger.missed(now=100) == []


def test_a_gap_in_the_numbers_proves_nothing() -> None:
    ledger = EventLedger()
    for event in (1, 5, 9):
        for socket in (0, 1):
            ledger.seen(socket, event, now=0)
    assert ledger.missed(now=100) == []


def test_a_message_that_comes_twice_is_noticed_also_after_it_was_judged() -> None:
    ledger = EventLedger()
    assert not ledger.seen(0, 1, now=0)
    assert not ledger.seen(0, 2, now=0)
    assert ledger.seen(0, 2, now=1)
    ledger.missed(now=100)
    assert ledger.seen(0, 2, now=101)


def test_nothing_is_owed_to_a_socket_that_is_lost() -> None:
    ledger = EventLedger()
    for socket in (0, 1):
        ledger.seen(socket, 1, now=0)
    ledger.leave(1)
    ledger.leave(7)
    ledger.seen(0, 2, now=1)
    assert ledger.missed(now=100) == []


def test_what_was_judged_is_forgotten_so_that_memory_stays_bounded() -> None:
    ledger = EventLedger()
    for event in range(10_000):
        ledger.seen(0, event, now=event)
        ledger.missed(now=event)
    assert len(ledger._seen) <= SETTLE + 1
