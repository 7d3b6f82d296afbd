"""Counting what the edge has under way, in tables that a kernel wrote."""

from __future__ import annotations

from hitless.domain.connections import InFlight, in_flight
from hitless.domain.slot import Addresses, Slot

# From the edge of a Task Tracker in 10.203.0.0/24 (Linux 6.8): the listener, a user's
# connection, two to blue (one a WebSocket with the keep-alive timer), one to green,
# one to blue that is closing, and one to an accessory.
TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 71423 1 0000000000000000 100 0 0 10 0
   1: 0200CB0A:1F90 0100CB0A:D2F4 01 00000000:00000000 00:00000000 00000000   101        0 71877 1 0000000000000000 20 4 30 10 -1
   2: 0200CB0A:A3E2 1000CB0A:1F40 01 00000000:00000000 00:00000000 00000000   101        0 71878 1 0000000000000000 20 4 30 10 -1
   3: 0200CB0A:A3E4 1100CB0A:1F90 01 00000000:00000000 02:00001C11 00000000   101        0 71879 2 0000000000000000 20 4 30 10 -1
   4: 0200CB0A:A3E6 7000CB0A:1F40 01 00000000:00000000 01:00000014 00000000   101        0 71880 2 0000000000000000 20 4 30 10 -1
   5: 0200CB0A:A3E8 1000CB0A:1F40 06 00000000:00000000 03:000016B0 00000000     0        0 0 3 0000000000000000
   6: 0200CB0A:A3EA D100CB0A:1538 01 00000000:00000000 00:00000000 00000000   101        0 71882 1 0000000000000000 20 4 30 10 -1
"""  # noqa: E501  # as the kernel wrote it
ADDRESSES = Addresses("10.203.0.0/24")


def test_requests_and_websockets_are_told_apart_by_the_keepalive_timer() -> None:
    assert in_flight(TABLE, Slot.BLUE, ADDRESSES) == InFlight(requests=1, websockets=1)


def test_a_connection_that_waits_for_an_acknowledgement_is_a_request() -> None:
    assert in_flight(TABLE, Slot.GREEN, ADDRESSES) == InFlight(requests=1, websockets=0)


def test_nothing_is_under_way_in_an_empty_table() -> None:
    for text in ("", TABLE.splitlines()[0], "cat: can't open '/proc/net/tcp'\n"):
        assert in_flight(text, Slot.BLUE, ADDRESSES) == InFlight(0, 0)
