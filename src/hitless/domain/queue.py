"""What a broker tells of the jobs that are under way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MONITORING = "/jsz?streams=true&consumers=true"


@dataclass(frozen=True, slots=True)
class Consumer:
    """A durable JetStream consumer, with whatever workers share it now.

    Attributes:
        delivered: The stream's sequence number of the last message given to a worker.
        settled: Up to this one, every message that was delivered is acknowledged.
        in_flight: How many are delivered and not acknowledged.
        left: How many wait to be delivered.
        asked: A worker waits for jobs at this moment.
    """

    delivered: int
    settled: int
    in_flight: int
    left: int
    asked: bool

    def quiet(self, mark: int) -> bool:
        """Nothing that was delivered up to ``mark`` is still in flight."""
        return self.in_flight == 0 or self.settled >= mark

    def served(self, mark: int) -> bool:
        """Somebody took jobs behind ``mark``, or waits for some."""
        return self.asked or self.delivered > mark

    def __str__(self) -> str:
        waits = "a worker waits for jobs" if self.asked else "no worker asks for jobs"
        return f"{self.in_flight} in flight, {self.left} left, {waits}"


def consumer(text: str, stream: str, name: str) -> Consumer | None:
    """One consumer in what NATS answers to :data:`MONITORING`; None when it is not there.

    Source: https://docs.nats.io/running-a-nats-service/nats_admin/monitoring
    """
    try:
        document = json.loads(text)
        found = next((c for c in _consumers(document, stream) if c["name"] == name), None)
        return None if found is None else _read(found)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _consumers(document: Any, stream: str) -> Iterator[Any]:
    for account in document.get("account_details") or ():
        for one in account.get("stream_detail") or ():
            if one["name"] == stream:
                yield from one.get("consumer_detail") or ()


def _read(found: Any) -> Consumer:
    return Consumer(
        delivered=int(found["delivered"]["stream_seq"]),
        settled=int(found["ack_floor"]["stream_seq"]),
        in_flight=int(found["num_ack_pending"]),
        left=int(found["num_pending"]),
        asked=bool(found.get("num_waiting") or found.get("push_bound")),
    )
