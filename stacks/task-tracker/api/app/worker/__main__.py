"""`python -m app.worker`: run jobs until SIGTERM, finish those that run, exit 0."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
import uvloop
from taskiq.receiver import Receiver

from app.bus import OUTBOX, Bus
from app.database import Database
from app.logs import configure_logs
from app.metrics import Metrics
from app.release import read_release
from app.settings import Settings
from app.worker.broker import JobBroker
from app.worker.dead import bury_the_dead
from app.worker.jobs import Jobs
from app.worker.relay import Relay
from app.worker.schedule import keep_house
from app.worker.state import WorkerState
from app.worker.surface import make_server

DRAIN_SECONDS = 30.0

log = structlog.get_logger()


async def run(settings: Settings) -> int:
    """Work until told to stop; return the exit status."""
    state = _assemble(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, state.stopping.set)
    server = make_server(state)
    helpers = [asyncio.create_task(state.watch_loop()), asyncio.create_task(server.serve())]
    try:
        await _unless_stopped(state, state.broker.startup())
        return await _work(settings, state)
    finally:
        server.should_exit = True
        await asyncio.gather(helpers[1], return_exceptions=True)
        await _end(helpers)
        await state.bus.close()
        await state.broker.shutdown()
        await state.database.close()


def _assemble(settings: Settings) -> WorkerState:
    release = read_release(settings)
    configure_logs(release)
    return WorkerState(
        release=release,
        database=Database(settings.database_url, "worker"),
        bus=Bus(settings.nats_url, "worker-hints"),
        metrics=Metrics.of(release),
        broker=JobBroker(settings),
    )


async def _work(settings: Settings, state: WorkerState) -> int:
    """Do jobs; a helper that dies takes the process with it, so that it is restarted whole."""
    if state.stopping.is_set():
        return 0
    relay = Relay(state.database, state.broker)
    state.bus.on_hint(OUTBOX, relay.hint)
    jobs = Jobs(state.database, state.bus, state.metrics, settings.job_timeout)
    jobs.register(state.broker)
    log.info("worker_started", concurrency=settings.job_concurrency, ack_wait=settings.ack_wait)
    async with asyncio.TaskGroup() as group:
        helpers = [
            group.create_task(relay.run()),
            group.create_task(state.bus.run()),
            group.create_task(keep_house(state.database, relay)),
            group.create_task(bury_the_dead(state.broker.js, state.database)),
        ]
        await _receive(settings, state)
        for helper in helpers:
            helper.cancel()
    log.info("worker_stopped")
    return 0


async def _receive(settings: Settings, state: WorkerState) -> None:
    with ThreadPoolExecutor(1) as executor:
        receiver = Receiver(
            state.broker,
            executor,
            max_async_tasks=settings.job_concurrency,
            run_startup=False,
            wait_tasks_timeout=DRAIN_SECONDS,
        )
        await receiver.listen(state.stopping)


async def _unless_stopped(state: WorkerState, job: Coroutine[Any, Any, None]) -> None:
    """Wait for a job that may take for ever (NATS is away), but not longer than the process."""
    starting = asyncio.create_task(job)
    stopped = asyncio.create_task(state.stopping.wait())
    await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        await starting
    await _end([starting, stopped])


async def _end(jobs: list["asyncio.Task[Any]"]) -> None:
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(uvloop.run(run(Settings())))
