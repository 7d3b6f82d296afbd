"""Which request comes next, so that every prefix of the traffic keeps the shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hitless.domain.traffic import Request


class Mix:
    """Smooth weighted round robin: deterministic, and never two bursts of one kind."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self._requests = tuple(requests)
        self._total = sum(request.share for request in requests)
        self._credit = [0.0] * len(self._requests)

    def next(self) -> Request:
        """The request whose share is furthest behind."""
        for i, request in enumerate(self._requests):
            self._credit[i] += request.share
        chosen = max(range(len(self._credit)), key=self._credit.__getitem__)
        self._credit[chosen] -= self._total
        return self._requests[chosen]
