"""What the prober writes is what its reader gets."""

from __future__ import annotations

import pytest

from hitless.adapters.prober.sockets import event_id
from hitless.adapters.prober.wire import End, Line, Ready, decode, encode
from hitless.domain.evidence import Failure, Second
from hitless.domain.traffic import TrafficKind


@pytest.mark.parametrize(
    "line",
    [
        Ready(),
        Second(1000, TrafficKind.KEPT, sent=3, latencies={12: 3}, answered=5),
        Failure(1000.5, TrafficKind.WRITE, "/документи", "status 500", 500, "blue", "41f9", 3.5),
        End(10, 1),
    ],
)
def test_every_line_survives_the_wire(line: Line) -> None:
    text = encode(line)
    assert "\n" not in text
    assert decode(text) == line


@pytest.mark.parametrize("text", ["", "half a li", '{"type": "gossip"}', "{}"])
def test_a_damaged_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decode(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ('{"id": 7}', 7),
        (b'{"id": 7}', 7),
        ('{"id": "7"}', None),
        ('{"id": true}', None),
        ('{"type": "hello"}', None),
        ("[7]", None),
        ("hello", None),
        (b"\xff\xfe\x00", None),
    ],
)
def test_only_an_integer_id_makes_a_message_an_event(text: str | bytes, event: int | None) -> None:
    assert event_id(text) == event
