"""What may be sent, and in which order."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.adapters.prober.mix import Mix
from hitless.domain.traffic import Request, Traffic, TrafficKind

PAGE = Request(TrafficKind.NEW, "/")
WRITE = Request(
    TrafficKind.WRITE, "/documents", method="POST", body='{"k": "{uuid}"}', read_back="/d/{id}"
)
SOCKET = Request(TrafficKind.WEBSOCKET, "/ws", sockets=4)


def test_traffic_survives_json() -> None:
    traffic = Traffic(
        port=8080, rps=50, host_header="app.example.com", requests=(PAGE, WRITE, SOCKET)
    )
    assert Traffic.from_json(json.loads(json.dumps(traffic.to_json()))) == traffic


def test_sockets_do_not_take_part_in_the_rate() -> None:
    traffic = Traffic(port=8080, rps=50, requests=(PAGE, SOCKET))
    assert traffic.timed == (PAGE,)
    assert traffic.sockets == (SOCKET,)


def test_the_default_host_header_is_the_address() -> None:
    assert Traffic(port=8080, rps=1, requests=(PAGE,)).authority == "127.0.0.1:8080"


def test_a_request_may_have_a_time_limit_of_its_own() -> None:
    patient = Request(TrafficKind.SLOW, "/slow", timeout=30)
    traffic = Traffic(port=8080, rps=1, timeout=5, requests=(PAGE, patient))
    assert (traffic.limit(PAGE), traffic.limit(patient)) == (5, 30)


def test_only_this_machine_gets_traffic_unless_the_user_says_so() -> None:
    with pytest.raises(ValueError, match=r"not to 192\.0\.2\.1"):
        Traffic(port=80, rps=1, requests=(PAGE,), host="192.0.2.1")
    assert Traffic(port=80, rps=1, requests=(PAGE,), host="192.0.2.1", allow_remote=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rps": 0},
        {"rps": 1001},
        {"rps": float("nan")},
        {"timeout": 0},
        {"max_seconds": -1},
        {"requests": ()},
    ],
)
def test_traffic_beyond_its_limits_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Traffic(**{"port": 80, "rps": 1.0, "requests": (PAGE,), **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "relative"},
        {"share": 0},
        {"timeout": 0},
        {"sockets": 0},
        {"sockets": 101},
        {"kind": TrafficKind.WRITE},
        {"kind": TrafficKind.WRITE, "body": "{uuid}"},
        {"kind": TrafficKind.WRITE, "body": "fixed", "read_back": "/x"},
    ],
)
def test_a_request_that_cannot_be_judged_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Request(**{"kind": TrafficKind.NEW, "path": "/", **wrong})


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.integers(1, 200))
def test_every_prefix_of_the_traffic_keeps_the_shares(shares: list[int], length: int) -> None:
    requests = [Request(TrafficKind.NEW, f"/{i}", share=s) for i, s in enumerate(shares)]
    mix = Mix(requests)
    seen = Counter(mix.next().path for _ in range(length))
    for request in requests:
        owed = length * request.share / sum(shares)
        assert abs(seen[request.path] - owed) < len(shares)
