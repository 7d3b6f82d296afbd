"""Requests to the published ports of the small world."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hitless.domain import container as label
from hitless.domain.answer import Answer
from hitless.domain.container import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hitless.adapters.memory.machine import Machine
    from hitless.adapters.memory.nginx import Nginx

ROUND_TRIP = 0.002
OPEN, CREATED = 101, 201
REFUSED = Answer(0, error="ConnectionRefusedError: [Errno 111] Connection refused")


class MemoryHttp:
    """Implements :class:`hitless.domain.ports.Http`; each request takes two milliseconds."""

    def __init__(self, machine: Machine, nginx: Nginx) -> None:
        self._machine = machine
        self._nginx = nginx

    def get(self, port: int, path: str, headers: Mapping[str, str], timeout: float = 5.0) -> Answer:
        """One GET on a connection of its own; an error is an answer with status 0."""
        self._machine.clock.sleep(min(ROUND_TRIP, timeout))
        return self.look(port, path, headers)

    def get_all(
        self, port: int, paths: Sequence[str], headers: Mapping[str, str], timeout: float = 5.0
    ) -> tuple[Answer, ...]:
        """A GET of each path, all of them at once."""
        self._machine.clock.sleep(min(ROUND_TRIP, timeout))
        return tuple(self.look(port, path, headers) for path in paths)

    def post(
        self, port: int, path: str, headers: Mapping[str, str], body: bytes, timeout: float = 5.0
    ) -> Answer:
        """One POST of ``body``: a program that answers keeps it, unless it forgets."""
        answer = self.get(port, path, headers, timeout)
        if not answer.ok:
            return answer
        number = self._machine.keep(path, body)
        told = {**answer.headers, "content-type": "application/json"}
        return Answer(CREATED, told, json.dumps({"id": number}).encode())

    def first_message(
        self, port: int, path: str, headers: Mapping[str, str], timeout: float = 5.0
    ) -> Answer:
        """Open a WebSocket: what a program answers is its first message."""
        answer = self.get(port, path, headers, timeout)
        return answer._replace(status=OPEN) if answer.ok else answer

    def look(self, port: int, path: str, headers: Mapping[str, str]) -> Answer:
        """The same answer, without any time passing."""
        for box in self._machine.running():
            inside = [target for target, published in box.ports.items() if published == port]
            if inside and not box.paused and box.labels.get(label.ROLE) == Role.EDGE:
                return self._nginx.answer(inside[0], path, headers) or REFUSED
            if inside and not box.paused:
                return self._machine.request(f"{box.address}:{inside[0]}", path) or REFUSED
        return REFUSED
