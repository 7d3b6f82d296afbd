"""Live events: none missed, none twice, in order, in every process."""

import asyncio
import json
import time
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from conftest import Api, Stack

NEVER = 2**63 - 1


async def frame(socket: ClientConnection) -> dict[str, Any]:
    """Return the next frame; one that does not come within 10 s fails the test."""
    parsed: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
    return parsed


async def until(socket: ClientConnection, last_id: int) -> list[dict[str, Any]]:
    """Return the events up to number `last_id`."""
    events: list[dict[str, Any]] = []
    while not events or events[-1]["id"] < last_id:
        if (received := await frame(socket))["type"] == "event":
            events.append(received)
    return events


def last_id(api: Api) -> int:
    """Return the number of the youngest event."""
    number: int = api.http.get(f"/api/events?after={NEVER}").json()["last_event_id"]
    return number


def test_a_long_poll_answers_as_soon_as_something_happens(api: Api) -> None:
    before = last_id(api)

    async def poll_and_post() -> tuple[Any, float]:
        path = f"/api/events?after={before}&wait=25"
        polling = asyncio.create_task(asyncio.to_thread(api.http.get, path))
        started = time.monotonic()
        await asyncio.to_thread(api.http.post, "/api/tasks", json={"title": "something"})
        return await polling, time.monotonic() - started

    answer, seconds = asyncio.run(poll_and_post())
    assert answer.json()["items"][0]["id"] == before + 1
    assert seconds < 20


def test_a_long_poll_without_news_waits_and_is_empty(api: Api) -> None:
    started = time.monotonic()
    answer = api.http.get(f"/api/events?after={NEVER}&wait=1.5")
    assert answer.json()["items"] == []
    assert time.monotonic() - started >= 1.5


def test_events_are_numbered_without_gaps_under_concurrent_writes(api: Api) -> None:
    before = last_id(api)

    async def write() -> None:
        titles = [f"task {n}" for n in range(60)]
        await asyncio.gather(
            *(asyncio.to_thread(api.http.post, "/api/tasks", json={"title": t}) for t in titles)
        )

    asyncio.run(write())
    events = api.http.get(f"/api/events?after={before}&limit=500").json()["items"]
    ids = [event["id"] for event in events]
    assert len(ids) >= 60
    assert ids == list(range(before + 1, before + 1 + len(ids)))


def test_a_websocket_replays_what_was_missed_and_goes_on(api: Api) -> None:
    before = last_id(api)
    for number in range(5):
        api.http.post("/api/tasks", json={"title": f"missed {number}"})

    async def listen() -> list[int]:
        async with connect(f"ws://{api.address}/ws?after={before}") as socket:
            hello = await frame(socket)
            assert hello["type"] == "hello"
            assert (hello["version"], hello["release"], hello["slot"]) == (
                api.http.get("/api/version").text,
                "r-test",
                "blue",
            )
            missed = await until(socket, before + 5)
            await asyncio.to_thread(api.http.post, "/api/tasks", json={"title": "live"})
            return [event["id"] for event in missed + await until(socket, before + 6)]

    assert asyncio.run(listen()) == list(range(before + 1, before + 7))


def test_a_websocket_without_after_starts_with_what_is_new(api: Api) -> None:
    api.http.post("/api/tasks", json={"title": "old"})

    async def listen() -> list[str]:
        async with connect(f"ws://{api.address}/ws") as socket:
            await frame(socket)
            await asyncio.to_thread(api.http.post, "/api/tasks", json={"title": "new"})
            return [e["payload"].get("title") for e in await until(socket, last_id(api))]

    titles = asyncio.run(listen())
    assert "new" in titles
    assert "old" not in titles


def test_an_event_of_one_process_reaches_the_clients_of_every_process(
    api: Api, stack: Stack
) -> None:
    """Two containers of two processes each; sixteen clients are spread over all four."""
    stack.scale("api", 2)

    async def listen() -> list[str]:
        before = await asyncio.to_thread(last_id, api)
        sockets = [
            await connect(f"ws://{api.address}/ws?after={before}", open_timeout=20)
            for _ in range(16)
        ]
        await asyncio.to_thread(api.http.post, "/api/tasks", json={"title": "to everybody"})
        received = [await until(socket, before + 1) for socket in sockets]
        await asyncio.gather(*(socket.close() for socket in sockets))
        return [events[0]["payload"]["title"] for events in received]

    try:
        assert asyncio.run(listen()) == ["to everybody"] * 16
    finally:
        stack.scale("api", 1)


@pytest.mark.parametrize("after", ["x", "-1", "1.5", str(2**70), "٣"])
def test_a_websocket_with_a_wrong_place_is_closed_with_a_reason(api: Api, after: str) -> None:
    async def listen() -> int:
        async with connect(f"ws://{api.address}/ws?after={after}") as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await frame(socket)
            assert closed.value.rcvd is not None
            return closed.value.rcvd.code

    assert asyncio.run(listen()) == 1008


def test_a_client_ahead_of_the_log_still_gets_new_events(api: Api) -> None:
    """A restored database counts from an earlier number; old tabs must not go deaf."""

    async def listen() -> list[str]:
        async with connect(f"ws://{api.address}/ws?after={NEVER}") as socket:
            await frame(socket)
            await asyncio.to_thread(api.http.post, "/api/tasks", json={"title": "heard"})
            return [e["payload"].get("title") for e in await until(socket, last_id(api))]

    assert "heard" in asyncio.run(listen())
