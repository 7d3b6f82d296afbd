"""Live events: long poll and WebSocket, both from the log and therefore without gaps."""

import asyncio
import json
from typing import Annotated

from fastapi import APIRouter, Query, Response, WebSocket, WebSocketDisconnect

from app.context import Context, Here
from app.errors import UnavailableError
from app.schemas import MAX_EVENT_ID

router = APIRouter()

HEARTBEAT_SECONDS = 20.0
MAX_WAIT_SECONDS = 25.0
TRY_AGAIN_LATER = 1013
SERVICE_RESTART = 1012
POLICY_VIOLATION = 1008


@router.get("/api/events")
async def poll_events(
    here: Here,
    after: Annotated[int, Query(ge=0, le=MAX_EVENT_ID)] = 0,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT_SECONDS)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> Response:
    """Return events younger than `after`, as soon as there are any or when `wait` is over."""
    await here.hub.catch_up()
    found = await here.hub.since(after, limit)
    if not found and await here.hub.wait_beyond(after, wait):
        found = await here.hub.since(after, limit)
    items = ",".join(event.as_json() for event in found)
    text = f'{{"items":[{items}],"last_event_id":{here.hub.last_id}}}'
    return Response(text, media_type="application/json")


@router.websocket("/ws")
async def stream_events(websocket: WebSocket, here: Here) -> None:
    """Send every event younger than `after`, for as long as the client listens."""
    await websocket.accept()
    gauge = here.metrics.websockets.labels(**here.metrics.labels)
    gauge.inc()
    try:
        await _serve(websocket, here)
    except WebSocketDisconnect:
        return
    except UnavailableError:
        await websocket.close(TRY_AGAIN_LATER, "the database does not answer")
    finally:
        gauge.dec()


async def _serve(websocket: WebSocket, here: Context) -> None:
    after = _after(websocket.query_params.get("after"))
    if after is None:
        await websocket.close(POLICY_VIOLATION, "after is no event id")
        return
    if here.draining:
        await websocket.close(SERVICE_RESTART)
        return
    last_id = await here.hub.catch_up()
    await websocket.send_text(_hello(here, last_id))
    listening = asyncio.create_task(_until_gone(websocket))
    sending = asyncio.create_task(_send(websocket, here, min(after, last_id)))
    try:
        await asyncio.wait({listening, sending}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        listening.cancel()
        sending.cancel()
        await asyncio.gather(listening, sending, return_exceptions=True)
    _raise_from(sending)


async def _send(websocket: WebSocket, here: Context, cursor: int) -> None:
    while True:
        for event in await here.hub.since(cursor):
            await websocket.send_text(event.as_json('"type":"event",'))
            cursor = event.id
        if not await here.hub.wait_beyond(cursor, HEARTBEAT_SECONDS):
            if here.draining:
                await websocket.close(SERVICE_RESTART)
                return
            beat = {"type": "heartbeat", "last_event_id": cursor}
            await websocket.send_text(json.dumps(beat))


async def _until_gone(websocket: WebSocket) -> None:
    try:
        while True:
            await websocket.receive_text()
    except (WebSocketDisconnect, KeyError):
        return


def _raise_from(task: "asyncio.Task[None]") -> None:
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise error


def _after(given: str | None) -> int | None:
    if given is None:
        return MAX_EVENT_ID
    if not given.isascii() or not given.isdigit() or int(given) > MAX_EVENT_ID:
        return None
    return int(given)


def _hello(here: Context, last_id: int) -> str:
    release = here.release
    return json.dumps(
        {
            "type": "hello",
            "version": release.version,
            "release": release.release,
            "slot": release.slot,
            "last_event_id": last_id,
        }
    )
