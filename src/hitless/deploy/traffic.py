"""The requests that Hitless sends through a deploy, from what hitless.yaml asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hitless.domain.traffic import Request, Traffic, TrafficKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.settings import Probe

SLOW_SHARE = 0.05
WRITE_SHARE = 0.2
SOCKETS = 3


def traffic(probe: Probe, port: int, rate: float | None = None) -> Traffic:
    """The traffic of one prober at the edge's published port.

    Args:
        probe: What to ask.
        port: Where users arrive.
        rate: Requests a second, when not those of ``probe``.
    """
    return Traffic(port=port, rps=rate or probe.rate, requests=tuple(_requests(probe)))


def _requests(probe: Probe) -> Iterator[Request]:
    share = 1.0 / len(probe.pages) if probe.pages else 1.0
    for page in probe.pages:
        yield Request(TrafficKind.NEW, page, share=share)
        yield Request(TrafficKind.KEPT, page, share=share)
    if probe.slow:
        yield Request(TrafficKind.SLOW, probe.slow, share=SLOW_SHARE)
    if probe.write:
        yield Request(
            TrafficKind.WRITE,
            probe.write.post,
            method="POST",
            body=json.dumps(probe.write.json),
            read_back=probe.write.read_back,
            share=WRITE_SHARE,
        )
    if probe.websocket:
        yield Request(TrafficKind.WEBSOCKET, probe.websocket, sockets=SOCKETS)
