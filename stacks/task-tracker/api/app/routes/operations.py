"""What an operator and a deploy tool ask: alive, ready, which version, how much."""

import asyncio
from dataclasses import asdict
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from app.context import Here
from app.readiness import Check, check_database

router = APIRouter()


@router.get("/api/health")
async def health() -> dict[str, str]:
    """Tell that the process answers; touches nothing else."""
    return {"status": "ok"}


@router.get("/api/ready")
async def ready(here: Here) -> Response:
    """Tell whether this process should get traffic, and which part says no."""
    checks = await check_database(here.database)
    checks["nats"] = (
        Check(ok=True, detail="connected")
        if here.bus.connected
        else Check(ok=False, detail="not connected, jobs wait in the outbox")
    )
    checks["draining"] = Check(ok=not here.draining, detail="yes" if here.draining else "no")
    status = _status(checks)
    code = HTTPStatus.OK if status in {"ready", "degraded"} else HTTPStatus.SERVICE_UNAVAILABLE
    content = {
        "status": status,
        "checks": {name: asdict(check) for name, check in checks.items()},
    }
    return JSONResponse(content, code)


def _status(checks: dict[str, Check]) -> str:
    failed = {name for name, check in checks.items() if not check.ok}
    if "draining" in failed:
        return "draining"
    if failed - {"nats"}:
        return "not_ready"
    return "degraded" if failed else "ready"


@router.get("/api/version")
async def version(here: Here, request: Request) -> Response:
    """Return the bare version, or everything about the build to whoever accepts JSON."""
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(asdict(here.release))
    return PlainTextResponse(here.release.version)


@router.get("/metrics")
async def metrics(here: Here) -> Response:
    """Return the numbers of every process of this container."""
    text = await asyncio.to_thread(here.metrics.render)
    return Response(text, media_type=CONTENT_TYPE_LATEST)
