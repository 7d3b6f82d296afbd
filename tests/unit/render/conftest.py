"""Evidence of a deploy as a prober would have gathered it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hitless.domain.evidence import Evidence, Failure, Second, bucket, merged
from hitless.domain.traffic import TrafficKind

START = 1_795_460_000
OLD, NEW = "41f9c2d0", "b7e01a55"
Deployed = Callable[..., Evidence]


def deployed(
    seconds: int = 20, switch: int = 10, broken: int = 0, *, named: bool = True
) -> Evidence:
    """Ten requests a second; ``broken`` of them fail in the second after the switch."""
    parts, failures = [], []
    for i in range(seconds):
        bad = broken if i == switch + 1 else 0
        release, slot = (OLD, "blue") if i < switch else (NEW, "green")
        parts.append(
            Second(
                START + i,
                TrafficKind.NEW,
                sent=10,
                failed=bad,
                streak=bad,
                latencies={bucket(5.0): 10 - bad},
                by_slot={slot: 10 - bad},
                by_release={release: 10 - bad} if named else {},
                answered=1,
            )
        )
        failures += [
            Failure(START + i, TrafficKind.NEW, "/api/<x>", "status 502", 502, slot, release, 3.0)
        ] * bad
    return merged(parts, failures)


@pytest.fixture
def evidence() -> Deployed:
    return deployed
