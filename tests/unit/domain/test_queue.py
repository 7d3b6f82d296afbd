"""A JetStream consumer as NATS shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hitless.domain.queue import Consumer, consumer

SHOWN: dict[str, Any] = {
    "name": "workers",
    "delivered": {"consumer_seq": 12, "stream_seq": 40},
    "ack_floor": {"consumer_seq": 9, "stream_seq": 37},
    "num_ack_pending": 3,
    "num_redelivered": 0,
    "num_waiting": 1,
    "num_pending": 5,
}


def shown(**changes: Any) -> str:
    stream = {"name": "JOBS", "consumer_detail": [{"name": "other"}, SHOWN | changes]}
    accounts = [{"name": "$SYS"}, {"name": "$G", "stream_detail": [{"name": "OTHER"}, stream]}]
    return json.dumps({"account_details": accounts})


def test_a_consumer_is_found_in_its_stream() -> None:
    assert consumer(shown(), "JOBS", "workers") == Consumer(40, 37, 3, 5, asked=True)
    assert consumer(shown(num_waiting=0), "JOBS", "workers") == Consumer(40, 37, 3, 5, asked=False)
    bound = consumer(shown(num_waiting=0, push_bound=True), "JOBS", "workers")
    assert bound
    assert bound.asked


@pytest.mark.parametrize(
    ("text", "stream", "name"),
    [
        (shown(), "JOBS", "absent"),
        (shown(), "ABSENT", "workers"),
        (shown(delivered={}), "JOBS", "workers"),
        ("{}", "JOBS", "workers"),
        ("[]", "JOBS", "workers"),
        ("404 page not found", "JOBS", "workers"),
        ("", "JOBS", "workers"),
    ],
)
def test_what_is_not_there_is_not_made_up(text: str, stream: str, name: str) -> None:
    assert consumer(text, stream, name) is None


def test_a_handover_is_quiet_when_all_before_the_mark_is_acknowledged() -> None:
    busy = Consumer(delivered=50, settled=40, in_flight=6, left=100, asked=False)
    assert busy.quiet(40)
    assert not busy.quiet(41)
    assert Consumer(50, 30, 0, 0, asked=False).quiet(50)


def test_a_consumer_is_served_when_jobs_go_out_or_somebody_waits() -> None:
    assert Consumer(51, 30, 0, 9, asked=False).served(50)
    assert Consumer(50, 30, 0, 0, asked=True).served(50)
    assert not Consumer(50, 30, 3, 9, asked=False).served(50)
    assert (
        str(Consumer(50, 30, 3, 9, asked=False)) == "3 in flight, 9 left, no worker asks for jobs"
    )
