"""The parts of one api process, handed to the routes; there are no globals."""

from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.bus import Bus
from app.database import Database
from app.hub import Hub
from app.metrics import Metrics
from app.release import Release
from app.settings import Settings


@dataclass(slots=True)
class Context:
    """Made at start-up, closed at the end."""

    settings: Settings
    release: Release
    database: Database
    bus: Bus
    hub: Hub
    metrics: Metrics
    draining: bool = field(default=False)

    def start_draining(self) -> None:
        """Answer 503 to readiness probes and let waiting requests finish."""
        self.draining = True
        self.hub.drain()

    async def announce(self, *subjects: str) -> None:
        """Show committed events here at once and hint the other processes."""
        self.hub.hint()
        await self.bus.hint(*subjects)


def _context_of(connection: HTTPConnection) -> Context:
    return cast("Context", connection.app.state.context)


Here = Annotated[Context, Depends(_context_of)]
"""Annotate a route's parameter with it to get the process's parts."""
