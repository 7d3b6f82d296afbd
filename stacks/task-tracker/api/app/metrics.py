"""Prometheus metrics, with the labels `version` and `slot` on each."""

import os
from dataclasses import dataclass
from typing import Self

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from app.release import Release

_LABELS = ("version", "slot")
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class Metrics:
    """What one process counts."""

    registry: CollectorRegistry
    labels: dict[str, str]
    requests: Counter
    seconds: Histogram
    in_flight: Gauge
    websockets: Gauge
    jobs: Counter
    worker: Gauge

    @classmethod
    def of(cls, release: Release) -> Self:
        """Return fresh metrics for a process of this release."""
        registry = CollectorRegistry()
        return cls(
            registry=registry,
            labels={"version": release.version, "slot": release.slot or "none"},
            requests=Counter(
                "http_requests",
                "Answered requests.",
                (*_LABELS, "method", "route", "status"),
                registry=registry,
            ),
            seconds=Histogram(
                "http_request_seconds",
                "From the request's first byte to the answer's last, in seconds.",
                (*_LABELS, "route"),
                buckets=_SECONDS,
                registry=registry,
            ),
            in_flight=_live("http_requests_in_flight", "Requests being answered now.", registry),
            websockets=_live("websocket_clients", "Open WebSockets.", registry),
            jobs=Counter("jobs", "Finished jobs.", (*_LABELS, "job", "outcome"), registry=registry),
            worker=Gauge(
                "worker",
                "Gauges of the worker: loop_lag_seconds, fetch_age_seconds, queue_pending, ...",
                (*_LABELS, "what"),
                registry=registry,
                multiprocess_mode="liveall",
            ),
        )

    def render(self) -> bytes:
        """Return the text that Prometheus scrapes, summed over the processes of this container."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.registry)
        everyone = CollectorRegistry()
        multiprocess.MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
        return generate_latest(everyone)


def _live(name: str, text: str, registry: CollectorRegistry) -> Gauge:
    """Return a gauge that is the sum over the processes that live now."""
    return Gauge(name, text, _LABELS, registry=registry, multiprocess_mode="livesum")
