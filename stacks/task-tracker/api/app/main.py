"""The api: `uvicorn --factory app.main:create_app`."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

from fastapi import FastAPI

from app import errors
from app.bus import EVENTS, Bus
from app.context import Context
from app.database import Database
from app.hub import Hub
from app.logs import configure_logs
from app.metrics import Metrics
from app.middleware import BodyLimit, Envelope
from app.release import read_release
from app.routes import events, messages, operations, sources, stats, tasks, topics, webhooks
from app.settings import Settings


def create_app() -> FastAPI:
    """Return the application for this process's environment."""
    settings = Settings()
    release = read_release(settings)
    configure_logs(release)
    database = Database(settings.database_url, "api")
    context = Context(
        settings=settings,
        release=release,
        database=database,
        bus=Bus(settings.nats_url, "api"),
        hub=Hub(database),
        metrics=Metrics.of(release),
    )
    return assemble(context)


def assemble(context: Context) -> FastAPI:
    """Return the application made of these parts."""
    app = FastAPI(
        title="Task Tracker",
        version=context.release.version,
        lifespan=_lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.context = context
    errors.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Envelope, context=context)
    for module in (operations, messages, tasks, topics, sources, stats, events, webhooks):
        app.include_router(module.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context: Context = app.state.context
    _drain_before_exit(context)
    context.bus.on_hint(EVENTS, context.hub.hint)
    jobs = [asyncio.create_task(context.bus.run()), asyncio.create_task(context.hub.run())]
    try:
        yield
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await context.bus.close()
        await context.database.close()


def _drain_before_exit(context: Context) -> None:
    """Put a short notice before uvicorn's own shutdown: not ready first, closed listener then.

    uvicorn has installed its handler before it runs the lifespan; ours calls it after the notice.
    """
    stop = signal.getsignal(signal.SIGTERM)
    loop = asyncio.get_running_loop()

    def notice(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(context.start_draining)
        if callable(stop):
            loop.call_soon_threadsafe(
                loop.call_later, context.settings.drain_notice, stop, number, frame
            )

    signal.signal(signal.SIGTERM, notice)
