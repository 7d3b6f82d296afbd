"""Numbered messages, posted all the while, each of which is one job."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.support.project import Project

EVERY = 0.1
TIMEOUT = 20.0
AT_MOST = 5000


class Numbered:
    """What was posted; number → the id that the application gave."""

    def __init__(self) -> None:
        self.accepted: dict[int, str] = {}
        self.refused: list[str] = []
        self._series = uuid4().hex[:8]
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def name(self, number: int) -> str:
        """The id that a message has for who sends it."""
        return f"{self._series}-{number}"

    def start(self, port: int, every: float = EVERY) -> None:
        """Post from now on, in a thread."""
        self._thread = threading.Thread(target=_post_all, args=(port, self, self._stopped, every))
        self._thread.start()

    def stop(self) -> None:
        """Post no more; returns when the last answer is there."""
        self._stopped.set()
        if self._thread:
            self._thread.join()


@contextmanager
def numbered_messages(project: Project, every: float = EVERY) -> Iterator[Numbered]:
    """Post one every so many seconds, each once and never again, while the block lasts."""
    posted = Numbered()
    posted.start(project.port, every)
    try:
        yield posted
    finally:
        posted.stop()


def _post_all(port: int, posted: Numbered, stop: threading.Event, every: float) -> None:
    for number in range(AT_MOST):
        if stop.wait(every):
            return
        try:
            _post(port, number, posted)
        except (OSError, http.client.HTTPException) as error:
            posted.refused.append(f"{number}: {error!r}")


def _post(port: int, number: int, posted: Numbered) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    document = {
        "source": "demo",
        "external_id": posted.name(number),
        "author": "tests",
        "content": f"Please check invoice {number}: the total looks wrong",
    }
    connection.request(
        "POST", "/api/messages", json.dumps(document), {"Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status == http.HTTPStatus.CREATED:
        posted.accepted[number] = json.loads(body)["id"]
    else:
        posted.refused.append(f"{number}: {answer.status} {body.decode(errors='replace')}")
