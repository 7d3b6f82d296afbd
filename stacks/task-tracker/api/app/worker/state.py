"""What the parts of one worker process share."""

import asyncio
import time
from dataclasses import dataclass, field

from app.bus import Bus
from app.database import Database
from app.metrics import Metrics
from app.release import Release
from app.worker.broker import JobBroker

LAG_EVERY_SECONDS = 0.5


@dataclass(slots=True)
class WorkerState:
    """Made at start; `stopping` is set by SIGTERM."""

    release: Release
    database: Database
    bus: Bus
    metrics: Metrics
    broker: JobBroker
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    loop_lag: float = 0.0

    def running_jobs(self) -> int:
        """Return how many jobs this process is doing now."""
        return self.broker.watch.running

    async def watch_loop(self) -> None:
        """Measure, until cancelled, how late the event loop wakes up."""
        while True:
            due = time.monotonic() + LAG_EVERY_SECONDS
            await asyncio.sleep(LAG_EVERY_SECONDS)
            self.loop_lag = max(0.0, time.monotonic() - due)
