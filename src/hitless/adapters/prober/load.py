"""Begins requests at their intended times and never waits for an answer to do so."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from hitless.adapters.prober.clients import clients, lost
from hitless.adapters.prober.exchange import Deadline, Failed
from hitless.adapters.prober.mix import Mix
from hitless.domain.traffic import TrafficKind

if TYPE_CHECKING:
    from threading import Event

    from hitless.adapters.prober.recorder import Outcome, Recorder
    from hitless.domain.traffic import Request, Traffic

THREADS = 64  # of each pool; what finds none free waits, and its latency says so
LATE_AFTER = 0.1
GIVE_UP_AFTER = 1.0  # a burst after a suspended machine would be an attack, not a probe


class Load:
    """All requests of the traffic that arrive at its rate."""

    def __init__(self, traffic: Traffic, recorder: Recorder) -> None:
        self._traffic = traffic
        self._recorder = recorder
        self._clients = clients(traffic)
        self._bug: BaseException | None = None
        self._quick = ThreadPoolExecutor(THREADS, "quick")
        self._slow = ThreadPoolExecutor(THREADS, "slow")

    def run(self, stop: Event) -> None:
        """Send until ``stop`` is set, then wait for the answers that are open.

        Raises:
            BaseException: what a request died of, which is a bug of this program: a
                request that is not counted must not look like one that was not sent.
        """
        if self._traffic.timed:
            self._send_until(stop)
        self._quick.shutdown()
        self._slow.shutdown()
        if self._bug:
            raise self._bug

    def _send_until(self, stop: Event) -> None:
        mix, start, number = Mix(self._traffic.timed), time.monotonic(), 0
        while not self._bug:
            intended = start + number / self._traffic.rps
            if stop.wait(max(0.0, intended - time.monotonic())):
                return
            self._arrive(mix.next(), number, intended)
            number += 1

    def _arrive(self, request: Request, number: int, intended: float) -> None:
        behind = time.monotonic() - intended
        if behind > LATE_AFTER:
            self._recorder.late(request.kind)
        if behind < GIVE_UP_AFTER:
            pool = self._slow if request.kind is TrafficKind.SLOW else self._quick
            pool.submit(self._send, request, number, intended).add_done_callback(self._check)

    def _send(self, request: Request, number: int, intended: float) -> None:
        outcome = self._outcome(request, number, intended)
        self._recorder.ended(request.kind, request.path, outcome, intended)

    def _check(self, done: Future[None]) -> None:
        self._bug = done.exception() or self._bug

    def _outcome(self, request: Request, number: int, intended: float) -> Outcome:
        deadline = Deadline(intended, self._traffic.limit(request))
        try:
            deadline.left()  # it may have waited for a free thread until its end
        except Failed as failed:
            return lost(failed)
        return self._clients[request.kind].send(request, number, deadline)
