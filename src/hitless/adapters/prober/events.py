"""Which WebSocket messages a client never got, judged by what the others got.

Ids of messages may have gaps of their own (a rolled-back transaction uses one up), so
a missing number proves nothing. An id that another client received does.
"""

from __future__ import annotations

SETTLE = 10.0  # seconds; a client may be away for 5 and is then sent what it missed
SETTLE_AT_END = 2.0  # nothing is being reconnected any more


class EventLedger:
    """Follows the ids that each of several sockets received. Not thread-safe."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[float, set[int]]] = {}  # id → first seen, by which sockets
        self._first: dict[int, int] = {}  # socket → the first id it received
        self._judged = -1

    def seen(self, socket: int, event: int, now: float) -> bool:
        """A socket received an id; says whether it had received it before."""
        first = self._first.setdefault(socket, event)
        if event <= self._judged:
            return event > first
        _, sockets = self._seen.setdefault(event, (now, set()))
        repeated = socket in sockets
        sockets.add(socket)
        return repeated

    def leave(self, socket: int) -> None:
        """A socket is lost for good; what comes from now on is not owed to it."""
        self._first.pop(socket, None)

    def missed(self, now: float, settle: float = SETTLE) -> list[tuple[int, int]]:
        """The (socket, id) pairs that are overdue, each reported once.

        A socket is owed every id above the first one it received.
        """
        due = sorted(event for event, (at, _) in self._seen.items() if at <= now - settle)
        pairs: list[tuple[int, int]] = []
        for event in due:
            _, sockets = self._seen.pop(event)
            owed = {s for s, first in self._first.items() if first < event}
            pairs += [(socket, event) for socket in sorted(owed - sockets)]
            self._judged = max(self._judged, event)
        return pairs
