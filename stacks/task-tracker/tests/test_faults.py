"""Parts that stop, hang and die: nothing is lost, nothing happens twice."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from conftest import Api, Stack

NEVER = 2**63 - 1


def all_processed(api: Api) -> bool:
    """Tell whether no message waits, and each took effect exactly once."""
    counts = api.stats()
    assert counts["topic_message_sum"] == counts["processed"]
    return bool(counts["pending"] == 0 and counts["outbox_pending"] == 0)


def post_many(api: Api, count: int) -> list[str]:
    """Post messages and return their ids; every one must be accepted."""
    answers = [api.webhook(uuid4().hex, f"Backup {n} failed, no space left") for n in range(count)]
    assert {answer.status_code for answer in answers} == {202}
    return [answer.json()["id"] for answer in answers]


def test_webhooks_are_accepted_without_nats_even_across_an_api_restart(
    api: Api, stack: Stack
) -> None:
    stack.compose("stop", "nats")
    stack.eventually(lambda: api.ready()[1].get("status") == "degraded")
    assert api.ready()[0] == 200
    ids = post_many(api, 20)
    assert api.stats()["outbox_pending"] >= 20
    assert api.stats()["queue"] == {
        "connected": False, "pending": None, "running": None, "redelivered": None,
    }  # fmt: skip
    stack.compose("restart", "api")
    stack.compose("start", "nats")
    for message_id in ids:
        stack.eventually(lambda: api.ready()[0] == 200)
        assert api.processed(message_id)
    assert Stack.eventually(lambda: all_processed(api))


def test_a_recreated_nats_container_keeps_the_queue(api: Api, stack: Stack) -> None:
    stack.compose("stop", "worker")
    ids = post_many(api, 5)
    stack.compose("start", "worker")
    stack.compose("rm", "--stop", "--force", "nats")
    stack.compose("up", "--detach", "--wait", "--no-deps", "nats")
    for message_id in ids:
        assert api.processed(message_id)
    assert Stack.eventually(lambda: all_processed(api))


def test_a_stopped_database_makes_the_api_unready_but_not_unhealthy(api: Api, stack: Stack) -> None:
    stack.compose("stop", "postgres")
    started = time.monotonic()
    status, body = api.ready()
    assert (status, body["status"]) == (503, "not_ready")
    assert time.monotonic() - started < 5
    assert api.http.get("/api/health").status_code == 200
    refused = api.http.get("/api/messages")
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "2"
    assert refused.json()["error"]["code"] == "unavailable"
    stack.compose("start", "postgres")
    stack.eventually(api.is_ready)
    statuses = {api.http.get("/api/messages?limit=1").status_code for _ in range(60)}
    assert statuses == {200}


def test_a_hanging_database_is_an_answer_within_five_seconds(api: Api, stack: Stack) -> None:
    stack.compose("pause", "postgres")
    try:
        with ThreadPoolExecutor(16) as threads:
            started = time.monotonic()
            paths = ["/api/messages", "/api/tasks", "/api/stats", "/api/ready"] * 4
            answers = list(threads.map(api.http.get, paths))
            seconds = time.monotonic() - started
            assert {answer.status_code for answer in answers} == {503}
            assert seconds < 6
        assert api.http.get("/api/health").status_code == 200
    finally:
        stack.compose("unpause", "postgres")
    stack.eventually(api.is_ready)
    statuses = {api.http.get("/api/messages?limit=1").status_code for _ in range(60)}
    assert statuses == {200}


def test_jobs_survive_a_database_restart(api: Api, stack: Stack) -> None:
    ids = post_many(api, 10)
    stack.compose("restart", "postgres")
    stack.eventually(api.is_ready)
    ids += post_many(api, 5)
    for message_id in ids:
        assert api.processed(message_id)
    assert Stack.eventually(lambda: all_processed(api))


def test_a_killed_worker_loses_and_repeats_nothing(api: Api, stack: Stack) -> None:
    """Killed while jobs run: what was not acknowledged is delivered to the next worker."""
    ids = post_many(api, 60)
    stack.compose("kill", "--signal", "KILL", "worker")
    ids += post_many(api, 20)
    stack.compose("start", "worker")
    for message_id in ids:
        assert api.processed(message_id)
    assert Stack.eventually(lambda: all_processed(api))
    assert api.stats()["dead"] == 0


def test_a_job_delivered_twice_takes_effect_once(api: Api, stack: Stack) -> None:
    message_id = api.processed(api.post("The chart is blank").json()["id"])["id"]
    before = api.stats()
    payload = json.dumps({"v": 1, "message_id": message_id})
    stack.sql(
        "INSERT INTO outbox (subject, payload, msg_id)"
        f" VALUES ('process_message', '{payload}', 'again:{uuid4()}')"
    )
    stack.eventually(lambda: api.stats()["jobs_duplicated"] == before["jobs_duplicated"] + 1)
    assert api.stats()["topic_message_sum"] == before["topic_message_sum"]


def test_two_workers_share_the_queue(api: Api, stack: Stack) -> None:
    stack.scale("worker", 2)
    try:
        for message_id in post_many(api, 40):
            assert api.processed(message_id)
        assert Stack.eventually(lambda: all_processed(api))
    finally:
        stack.scale("worker", 1)


def test_a_stopped_worker_exits_cleanly_and_hands_on_at_once(api: Api, stack: Stack) -> None:
    """No job waits for the acknowledgement time: what was just fetched is given back."""
    ids = post_many(api, 40)
    stack.compose("stop", "worker")
    assert stack.inspect("worker")["State"]["ExitCode"] == 0
    ids += post_many(api, 5)
    stack.compose("start", "worker")
    for message_id in ids:
        assert api.processed(message_id)
    assert Stack.eventually(lambda: all_processed(api))


def test_a_job_of_a_newer_release_is_redelivered_and_never_dropped(api: Api, stack: Stack) -> None:
    """An unknown job name and an unknown payload version end in the table `dead`, readable."""
    key = uuid4().hex
    stack.sql(
        "INSERT INTO outbox (subject, payload, msg_id) VALUES"
        f" ('job_of_tomorrow', '{{\"v\": 1, \"key\": \"{key}\"}}', 'tomorrow:{key}'),"
        f" ('process_message', '{{\"v\": 99, \"key\": \"{key}\"}}', 'v99:{key}')"
    )
    query = (
        f"SELECT job || ' ' || deliveries FROM dead WHERE payload ->> 'key' = '{key}' ORDER BY job"
    )
    rows = stack.eventually(
        lambda: stack.sql(query).splitlines() if stack.sql(query).count("\n") else [], within=75
    )
    assert rows == ["job_of_tomorrow 5", "process_message 5"]


async def closing_code(socket: ClientConnection) -> int:
    """Read on until the server closes; return its code."""
    try:
        while True:
            await asyncio.wait_for(socket.recv(), 10)
    except ConnectionClosed:
        return int(socket.close_code or 0)


def test_a_stopping_api_says_so_finishes_and_closes_websockets_for_a_restart(
    api: Api, stack: Stack
) -> None:
    """SIGTERM: the running request is answered, the WebSocket gets 1012, the exit status is 0."""

    async def watch() -> tuple[int, int]:
        async with connect(f"ws://{api.address}/ws") as socket:
            await socket.recv()
            path = f"/api/events?after={NEVER}&wait=3"
            polling = asyncio.create_task(asyncio.to_thread(api.http.get, path))
            await asyncio.sleep(0.5)
            await asyncio.to_thread(stack.compose, "stop", "api")
            return (await polling).status_code, await closing_code(socket)

    assert asyncio.run(watch()) == (200, 1012)
    assert stack.inspect("api")["State"]["ExitCode"] == 0


def test_a_draining_api_is_not_ready_before_it_stops_listening(api: Api, stack: Stack) -> None:
    seen: list[str] = []

    def watch() -> bool:
        status, body = api.ready()
        seen.append(body.get("status", str(status)))
        return seen[-1] == "draining"

    with ThreadPoolExecutor(1) as threads:
        stopping = threads.submit(stack.compose, "stop", "api")
        stack.eventually(watch)
        stopping.result()
    assert "draining" in seen
