"""The worker's own HTTP port: alive, ready, version, metrics, from inside the working process."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.readiness import Check, check_database
from app.worker.state import WorkerState

PORT = 8080
FETCH_AGE_SECONDS = 5.0
"""A worker that has not asked the queue for longer does not work."""


class QuietServer(uvicorn.Server):
    """A uvicorn that leaves the process's signals to the worker."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def make_server(state: WorkerState) -> QuietServer:
    """Return the server; run its `serve()` beside the jobs."""
    config = uvicorn.Config(
        _application(state),
        host="0.0.0.0",  # noqa: S104  (inside the container)
        port=PORT,
        log_config=None,
        lifespan="off",
    )
    return QuietServer(config)


def _application(state: WorkerState) -> Starlette:
    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        checks = {**await check_database(state.database), **fetching(state)}
        is_ready = all(check.ok for check in checks.values())
        status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse(_readiness(state, is_ready=is_ready, checks=checks), status)

    async def version(request: Request) -> Response:
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(asdict(state.release))
        return PlainTextResponse(state.release.version)

    async def metrics(_: Request) -> Response:
        await _measure(state)
        return Response(state.metrics.render(), media_type=CONTENT_TYPE_LATEST)

    routes = {"/health": health, "/ready": ready, "/version": version, "/metrics": metrics}
    return Starlette(routes=[Route(path, endpoint) for path, endpoint in routes.items()])


def _readiness(state: WorkerState, *, is_ready: bool, checks: dict[str, Check]) -> dict[str, Any]:
    status = "draining" if state.stopping.is_set() else "ready" if is_ready else "not_ready"
    return {
        "status": status,
        "release": state.release.release,
        "checks": {name: asdict(check) for name, check in checks.items()},
    }


def fetching(state: WorkerState) -> dict[str, Check]:
    """Tell whether this worker takes jobs: connected, asked lately, not stopping.

    A worker busy with as many jobs as it may run does not ask; it is at work all the same.
    """
    last = state.broker.last_fetch
    age = None if last is None else time.monotonic() - last
    busy = state.running_jobs() > 0
    recent = age is not None and (age < FETCH_AGE_SECONDS or busy)
    detail = "never asked the queue" if age is None else f"asked the queue {age:.1f} s ago"
    stopping = state.stopping.is_set()
    return {
        "nats": Check(ok=state.broker.client.is_connected, detail=""),
        "fetching": Check(ok=recent, detail=detail),
        "draining": Check(ok=not stopping, detail="yes" if stopping else "no"),
    }


async def _measure(state: WorkerState) -> None:
    gauges: dict[str, float] = {
        "loop_lag_seconds": state.loop_lag,
        "running_jobs": state.running_jobs(),
    }
    if state.broker.last_fetch is not None:
        gauges["fetch_age_seconds"] = time.monotonic() - state.broker.last_fetch
    depth = await state.bus.queue_depth() or {}
    gauges |= {f"queue_{name}": float(value) for name, value in depth.items()}
    for what, value in gauges.items():
        state.metrics.worker.labels(**state.metrics.labels, what=what).set(value)
