"""Numbered jobs, posted without a pause, of which each must take effect exactly once."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass
from typing import Any, Self

EVERY = 0.1
TIMEOUT = 20.0
DONE_WITHIN = 60.0
LOOK_AGAIN = 0.5


@dataclass(frozen=True, slots=True)
class JobsOutcome:
    """What became of the jobs.

    Attributes:
        posted: Numbered messages sent.
        accepted: Those answered with 201.
        found: Those that the application still has.
        messages: All messages of the run, those of the prober and the samples too.
        processed: Messages whose job was done.
        effects: What the jobs' effects add up to; above ``processed`` one was doubled.
    """

    posted: int
    accepted: int
    found: int
    messages: int
    processed: int
    effects: int

    @property
    def all_once(self) -> bool:
        """Nothing lost, nothing done twice."""
        numbered = self.posted == self.accepted == self.found
        return numbered and self.messages == self.processed == self.effects


class NumberedJobs:
    """Posts a message every tenth of a second while the block lasts.

    Args:
        port: The edge's published port on this machine.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._post_all, daemon=True)
        self._accepted: dict[int, str] = {}
        self._posted = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Post no more."""
        self._stop.set()
        self._thread.join(TIMEOUT)

    def outcome(self) -> JobsOutcome:
        """Wait until the queue is empty, then count."""
        deadline = time.monotonic() + DONE_WITHIN
        stats = self._get("/api/stats")
        while stats["processed"] < stats["messages"] and time.monotonic() < deadline:
            time.sleep(LOOK_AGAIN)
            stats = self._get("/api/stats")
        found = sum(self._is_there(number, one) for number, one in self._accepted.items())
        return JobsOutcome(
            posted=self._posted,
            accepted=len(self._accepted),
            found=found,
            messages=stats["messages"],
            processed=stats["processed"],
            effects=stats["topic_message_sum"],
        )

    def _post_all(self) -> None:
        while not self._stop.wait(EVERY):
            self._posted += 1
            self._post(self._posted)

    def _post(self, number: int) -> None:
        body = {
            "source": "demo",
            "external_id": f"job-{number}",
            "author": "demo",
            "content": f"Please check invoice {number}: the total looks wrong",
        }
        try:
            status, answer = self._request("POST", "/api/messages", body)
        except (OSError, http.client.HTTPException):
            return  # posted and not accepted: the outcome shows it
        if status == http.HTTPStatus.CREATED:
            self._accepted[number] = answer["id"]

    def _is_there(self, number: int, message: str) -> bool:
        found = self._get(f"/api/messages/{message}")
        return bool(found["external_id"] == f"job-{number}" and found["processed_at"])

    def _get(self, path: str) -> dict[str, Any]:
        return self._request("GET", path, None)[1]

    def _request(
        self, method: str, path: str, body: dict[str, Any] | None
    ) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            text = json.dumps(body) if body else None
            connection.request(method, path, text, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
