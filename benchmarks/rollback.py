"""How long a hot rollback takes, and when the release that is left answers last.

Twenty times the whole command is run as a user runs it: a new process, twenty verified
answers, exit. Meanwhile one client asks two hundred times a second which release
answers: often enough to see a millisecond, seldom enough to leave the machine idle.
"""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stage import NEW, OLD, save, table, two_releases

if TYPE_CHECKING:
    from workspace import Workspace

ROUNDS = 20
REQUESTS = 5000  # bound of the asking client, whatever happens
PAUSE = 0.004


@dataclass(frozen=True)
class Answered:
    """Who answered a request that began at ``began`` (monotonic seconds)."""

    began: float
    release: str


class Asking(threading.Thread):
    """One client on one connection that asks steadily."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.answers: list[Answered] = []
        self.failed = 0
        self._port = port
        self._enough = threading.Event()

    def run(self) -> None:
        """Ask until told to stop."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        while not self._enough.is_set() and len(self.answers) < REQUESTS:
            began = time.monotonic()
            try:
                connection.request("GET", "/api/version")
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.failed += 1
                connection.close()
                continue
            self.failed += answer.status >= http.HTTPStatus.BAD_REQUEST
            self.answers.append(Answered(began, answer.headers["X-Release"] or ""))
            time.sleep(PAUSE)

    def end(self) -> None:
        """Stop, and wait for the last answer."""
        self._enough.set()
        self.join()


def main() -> None:
    """Run the rounds and print the table."""
    command, last, failed = [], [], 0
    with two_releases() as workspace:
        for number in range(ROUNDS):
            took, last_answer, lost = one_round(workspace, OLD if number % 2 == 0 else NEW)
            command.append(took)
            last.append(last_answer)
            failed += lost
    floor = [timed((sys.executable, "-c", "pass")) for _ in range(ROUNDS)]
    rows = {
        "whole command": command,
        "last answer of the left release": last,
        "python -c pass": floor,
    }
    table(
        ("", "min ms", "median ms", "max ms"),
        [(name, *ms(values)) for name, values in rows.items()],
    )
    print(f"\nfailed requests of the asking client: {failed}")
    save("rollback", {"failed": failed, **{name: ms(values) for name, values in rows.items()}})


def one_round(workspace: Workspace, to: str) -> tuple[float, float, int]:
    """One rollback; seconds of the command, seconds to the last old answer, failures."""
    workspace.wait_quiet()
    asking = Asking(workspace.port)
    asking.start()
    time.sleep(0.3)
    left = asking.answers[-1].release
    began = time.monotonic()
    took = timed((str(workspace.program), "rollback", "--to", to), workspace)
    time.sleep(0.3)
    asking.end()
    last = max(one.began for one in asking.answers if one.release == left)
    return took, last - began, asking.failed


def timed(command: tuple[str, ...], workspace: Workspace | None = None) -> float:
    """Seconds from the start of a process to its exit."""
    began = time.monotonic()
    where = workspace.app if workspace else None
    subprocess.run(command, cwd=where, check=True, capture_output=True)
    return time.monotonic() - began


def ms(values: list[float]) -> tuple[int, int, int]:
    """Minimum, median and maximum in milliseconds."""
    found = (min(values), statistics.median(values), max(values))
    return tuple(round(1000 * value) for value in found)  # type: ignore[return-value]


if __name__ == "__main__":
    main()
