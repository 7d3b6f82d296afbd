"""The prober's process: the traffic as one JSON line on stdin, evidence on stdout.

It ends by ``stop`` on stdin, after which open requests are awaited and counted, by
SIGTERM alike, by the traffic's own time limit, or at once when stdin ends, because
then the process that wanted to know is gone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from threading import Event, Thread
from typing import TYPE_CHECKING

from hitless.adapters.prober.load import Load
from hitless.adapters.prober.recorder import Recorder
from hitless.adapters.prober.wire import STOP, End, Line, Ready, encode
from hitless.domain.traffic import Traffic, TrafficKind

if TYPE_CHECKING:
    from collections.abc import Callable

REPORT_EVERY = 0.25
BAD_TRAFFIC = 2


def main() -> int:
    """Probe until told to stop; the exit status is 0 when all was reported."""
    stop = Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the deploy, which we watch
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        traffic = Traffic.from_json(json.loads(sys.stdin.readline()))
    except (ValueError, TypeError, AttributeError) as error:
        print(f"the traffic cannot be used: {error}", file=sys.stderr)
        return BAD_TRAFFIC
    Thread(target=_obey, args=(stop,), daemon=True).start()
    _probe(traffic, stop)
    return 0


def _probe(traffic: Traffic, stop: Event) -> None:
    recorder = Recorder(tuple(k for k in TrafficKind if any(r.kind is k for r in traffic.requests)))
    parts = [Part(Load(traffic, recorder).run, stop), *_sockets(traffic, recorder, stop)]
    _write(Ready())
    for part in parts:
        part.start()
    deadline = time.monotonic() + traffic.max_seconds
    while any(part.is_alive() for part in parts):
        if time.monotonic() > deadline:
            stop.set()
        time.sleep(REPORT_EVERY)
        _report(recorder, sending=not stop.is_set())
    for part in parts:
        part.check()
    _report(recorder, sending=False)
    _write(End(recorder.sent, recorder.failed))


class Part(Thread):
    """A part of the traffic; when it dies of a bug, all stop and the bug is shown."""

    def __init__(self, work: Callable[[Event], None], stop: Event) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._stop_all = stop
        self._died_of: Exception | None = None

    def run(self) -> None:
        """Work until the common stop."""
        try:
            self._work(self._stop_all)
        except Exception as error:  # noqa: BLE001  # re-raised by check
            self._died_of = error
            self._stop_all.set()

    def check(self) -> None:
        """Raise what it died of, if it did."""
        if self._died_of:
            raise self._died_of


def _sockets(traffic: Traffic, recorder: Recorder, stop: Event) -> list[Part]:
    if not traffic.sockets:
        return []
    from hitless.adapters.prober.sockets import Sockets  # noqa: PLC0415  # slow, seldom needed

    return [Part(Sockets(traffic, recorder).run, stop)]


def _obey(stop: Event) -> None:
    for line in sys.stdin:
        if line.strip() == STOP:
            stop.set()
            return
    os._exit(0)  # the reader of our evidence is gone: there is nothing to finish for it


def _report(recorder: Recorder, *, sending: bool) -> None:
    seconds, failures = recorder.take(sending=sending)
    for failure in failures:
        _write(failure)
    for second in seconds:
        _write(second)


def _write(line: Line) -> None:
    print(encode(line), flush=True)


if __name__ == "__main__":
    sys.exit(main())
