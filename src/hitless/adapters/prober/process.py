"""The engine's handle on a prober: start it, look, stop it, and notice when it dies."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from threading import Event, Lock, Thread
from typing import IO, TYPE_CHECKING, Self

from hitless.adapters.prober.wire import STOP, End, Ready, decode
from hitless.domain.errors import ProberDied
from hitless.domain.evidence import Evidence, Failure, Second, merged

if TYPE_CHECKING:
    from types import TracebackType

    from hitless.domain.traffic import Traffic

START_WITHIN = 15.0
STOP_GRACE = 10.0  # above the longest request: sockets get 5 s to come back, then are closed
ERROR_TAIL = 2000


class ProbeProcess:
    """A prober in a process of its own; one handle serves one run.

    The process ends with its parent, however that ends, as its stdin does. It lives in
    a session of its own, so that Ctrl-C reaches the deploy and not its witness.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._errors: IO[str] | None = None
        self._reader: Thread | None = None
        self._stderr = ""
        self._longest = 0.0
        self._seen = _Seen()

    def start(self, traffic: Traffic) -> None:
        """Begin to send; returns when the first requests are about to leave.

        Raises:
            ProberDied: when it did not come up.
        """
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed in _reap
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "hitless.adapters.prober"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            start_new_session=True,
        )
        self._longest = max(map(traffic.limit, traffic.requests))
        self._reader = Thread(target=self._seen.read, args=(process.stdout,), daemon=True)
        self._reader.start()
        self._tell(json.dumps(traffic.to_json()))
        if not self._seen.ready.wait(START_WITHIN) or self._seen.died:
            raise self._died("did not start")

    @property
    def pid(self) -> int:
        """The process's id; 0 before the start."""
        return self._process.pid if self._process else 0

    def snapshot(self) -> Evidence:
        """What was seen until now, at most half a second old.

        Raises:
            ProberDied: when the prober ended by itself.
        """
        if self._process is None or self._seen.died:
            raise self._died("ended by itself")
        return self._seen.evidence()

    def stop(self) -> Evidence:
        """End, and return all that was seen, requests that were under way included.

        Lasts as long as the longest of these, which is bounded by its time-out.

        Raises:
            ProberDied: when the prober ended by itself, or its evidence is incomplete.
        """
        if self._process is None or self._reader is None:
            raise self._died("was never started")
        self._tell(STOP)
        self._reader.join(self._longest + STOP_GRACE)
        if not self._seen.complete():
            raise self._died("ended without its last line")
        self._reap()
        return self._seen.evidence()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reap()

    def _tell(self, line: str) -> None:
        stdin = self._process.stdin if self._process else None
        if stdin is None or stdin.closed:
            return
        with contextlib.suppress(BrokenPipeError):  # gone; the reader tells what it said last
            stdin.write(line + "\n")
            stdin.flush()

    def _died(self, how: str) -> ProberDied:
        status = self._reap()
        exit_ = "" if status is None else f" (exit status {status})"
        return ProberDied(
            f"the prober {how}{exit_}, so nothing proves that no request was lost",
            details=tuple(self._stderr.splitlines()),
        )

    def _reap(self) -> int | None:
        """Make sure that the process is gone; its exit status."""
        process = self._process
        if process is None:
            return None
        if process.stdin is not None and not process.stdin.closed:
            _close(process.stdin)
        try:
            process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join()
        if self._errors is not None:
            self._stderr = _tail(self._errors)
            self._errors = None
        return process.returncode


class _Seen:
    """What the process has written until now."""

    def __init__(self) -> None:
        self.ready = Event()
        self.ended = Event()
        self._lock = Lock()
        self._seconds: dict[tuple[int, str], Second] = {}
        self._failures: list[Failure] = []
        self._end: End | None = None

    def read(self, lines: IO[str]) -> None:
        """Take in all lines; a damaged one means that the process died writing it."""
        try:
            with lines:
                for line in lines:
                    self._take(line)
        except ValueError:
            self._end = None
        finally:
            self.ended.set()
            self.ready.set()

    def evidence(self) -> Evidence:
        """All of it as one."""
        with self._lock:
            return merged(self._seconds.values(), self._failures)

    @property
    def died(self) -> bool:
        """It ended, and not in the way that makes its evidence complete."""
        return self.ended.is_set() and self._end is None

    def complete(self) -> bool:
        """It ended as it should, and every outcome it counted has arrived here."""
        if not self.ended.is_set() or self._end is None:
            return False
        evidence = self.evidence()
        return (evidence.sent, evidence.failed) == (self._end.sent, self._end.failed)

    def _take(self, text: str) -> None:
        line = decode(text)
        with self._lock:
            if isinstance(line, Second):
                key = (line.at, line.kind.value)
                known = self._seconds.get(key)
                self._seconds[key] = known.plus(line) if known else line
            elif isinstance(line, Failure):
                self._failures.append(line)
            elif isinstance(line, End):
                self._end = line
            elif isinstance(line, Ready):
                self.ready.set()


def _close(stream: IO[str]) -> None:
    """Close a pipe whose other end may be gone already."""
    with contextlib.suppress(BrokenPipeError):
        stream.close()


def _tail(stream: IO[str]) -> str:
    with stream:
        stream.seek(0)
        return stream.read()[-ERROR_TAIL:]
