"""Who is still talking to a slot, read from the kernel's own table.

nginx logs a request when it ends, so its log cannot tell what is under way. The
table of TCP connections can, for every language and protocol: each request in flight
holds an established connection from the edge to a slot's address. Idle keep-alive
connections count too until nginx closes them after 4 s, so the answer errs on the
safe side.

Format: Documentation/networking/proc_net_tcp.rst of the Linux kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.slot import Addresses, Slot

ESTABLISHED = "01"
KEEPALIVE_TIMER = "02"
REMOTE, STATE, TIMER = 2, 3, 5


class InFlight(NamedTuple):
    """What is open towards one slot.

    Attributes:
        requests: Connections that carry, or lately carried, a request.
        websockets: Connections of routes with ``websocket: true``: only these have
            the kernel's keep-alive timer, set by ``proxy_socket_keepalive``.
    """

    requests: int
    websockets: int


def in_flight(table: str, slot: Slot, addresses: Addresses) -> InFlight:
    """Count the edge's connections to a slot in the text of ``/proc/net/tcp``."""
    timers = [timer for remote, timer in _established(table) if addresses.slot_of(remote) is slot]
    websockets = timers.count(KEEPALIVE_TIMER)
    return InFlight(len(timers) - websockets, websockets)


def _established(table: str) -> Iterator[tuple[str, str]]:
    for line in table.splitlines():
        fields = line.split()
        if len(fields) > TIMER and fields[STATE] == ESTABLISHED:
            yield _address(fields[REMOTE]), fields[TIMER].partition(":")[0]


def _address(text: str) -> str:
    """``0B00CB0A:1F40`` is 10.203.0.11, port 8000: the address is little-endian."""
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(text.partition(":")[0])))
