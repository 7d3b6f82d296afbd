"""One client that asks steadily which release answers, to see the moment of a switch."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass

REQUESTS = 20_000  # bound of the client, whatever happens


@dataclass(frozen=True)
class Answered:
    """Who answered a request that began at ``began`` (monotonic seconds)."""

    began: float
    release: str


class Asking(threading.Thread):
    """One client on one connection.

    Args:
        port: On 127.0.0.1.
        pause: Seconds between an answer and the next question; what a switch took is as
            exact as this.
    """

    def __init__(self, port: int, pause: float) -> None:
        super().__init__(daemon=True)
        self.answers: list[Answered] = []
        self.failed = 0
        self._port = port
        self._pause = pause
        self._enough = threading.Event()

    def run(self) -> None:
        """Ask until told to stop."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        while not self._enough.is_set() and len(self.answers) + self.failed < REQUESTS:
            began = time.monotonic()
            try:
                connection.request("GET", "/api/version")
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.failed += 1
                connection.close()
            else:
                self.failed += answer.status >= http.HTTPStatus.BAD_REQUEST
                self.answers.append(Answered(began, answer.headers["X-Release"] or ""))
            time.sleep(self._pause)

    def end(self) -> None:
        """Stop, and wait for the last answer."""
        self._enough.set()
        self.join()
