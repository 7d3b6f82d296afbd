"""What a client can get wrong, and what it is told."""

import json
from collections.abc import Iterator

import pytest

from conftest import TELEGRAM_TOKEN, Api

NOBODY = "00000000-0000-4000-8000-000000000000"
KIB = 1024
HUGE = 2**70


@pytest.mark.parametrize("body", ["{", "", "null-ish", "[" * 100_000, "{'single': 1}"])
def test_a_body_that_is_no_json_is_refused(api: Api, body: str) -> None:
    answer = api.http.post(
        "/api/messages", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["error"]["code"] in {"malformed_json", "invalid"}


@pytest.mark.parametrize(
    "change",
    [
        {"content": ""},
        {"content": "   "},
        {"content": "x" * 10_001},
        {"content": "a\0b"},
        {"content": None},
        {"content": 7},
        {"external_id": ""},
        {"author": "x" * 201},
        {"sent_at": "yesterday"},
        {"sent_at": "0001-01-01T00:00:00+14:00"},
        {"unknown": 1},
    ],
)
def test_a_wrong_field_is_named(api: Api, change: dict[str, object]) -> None:
    body = {"source": "chat", "external_id": "wrong", "content": "fine"} | change
    answer = api.http.post("/api/messages", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["field"] == f"body.{next(iter(change))}"


def test_half_a_surrogate_pair_is_refused(api: Api) -> None:
    body = '{"source": "chat", "external_id": "s", "content": "half \\ud800 pair"}'
    answer = api.http.post(
        "/api/messages", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


def test_a_huge_body_is_refused_before_it_is_read(api: Api) -> None:
    body = json.dumps({"source": "chat", "external_id": "huge", "content": "x" * 300 * KIB})
    answer = api.http.post("/api/messages", content=body)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "body_too_large"


def test_a_huge_body_without_a_declared_length_is_refused(api: Api) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 8 * KIB

    answer = api.http.post("/api/messages", content=pieces())
    assert answer.status_code == 413


@pytest.mark.parametrize("token", ["", "wrong", "a-token-for-test", "a-token-for-testsX"])
def test_a_webhook_without_its_token_is_refused(api: Api, token: str) -> None:
    answer = api.webhook("unauthorised", "text", token=token)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "wrong_token"


def test_a_source_without_a_token_takes_no_webhooks(api: Api) -> None:
    body = {"external_id": "1", "content": "text"}
    assert api.http.post("/webhook/mail", json=body).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"/api/messages/{NOBODY}", 404),
        ("GET", f"/api/messages/{NOBODY}/similar", 404),
        ("GET", f"/api/tasks/{NOBODY}", 404),
        ("GET", "/api/topics/2147483647", 404),
        ("GET", "/api/nothing-here", 404),
        ("GET", "/api/messages/not-a-uuid", 422),
        ("GET", "/api/tasks/1", 422),
        ("GET", f"/api/topics/{HUGE}", 422),
        ("GET", "/api/messages?limit=0", 422),
        ("GET", "/api/messages?limit=201", 422),
        ("GET", "/api/messages?label=maybe", 422),
        ("GET", "/api/messages?cursor=AAAA", 422),
        ("GET", "/api/messages?cursor=%F0", 422),
        ("GET", "/api/messages?source=%00", 422),
        ("GET", f"/api/messages?topic_id={HUGE}", 422),
        ("GET", "/api/search", 422),
        ("GET", "/api/search?q=%20", 422),
        ("GET", "/api/search?q=%00", 422),
        ("GET", "/api/events?after=-1", 422),
        ("GET", f"/api/events?after={HUGE}", 422),
        ("GET", "/api/events?wait=26", 422),
        ("GET", "/api/events?wait=nan", 422),
        ("GET", "/api/stats?minutes=4", 422),
        ("DELETE", "/api/messages", 405),
        ("POST", "/webhook/nobody", 422),
    ],
)
def test_a_wrong_path_or_parameter_is_a_clear_error(
    api: Api, method: str, path: str, status: int
) -> None:
    answer = api.http.request(method, path)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"]


def test_an_unknown_source_is_not_found(api: Api) -> None:
    assert api.post("text", source="nobody").status_code == 404
    body = {"external_id": "1", "content": "text"}
    assert api.http.post("/webhook/nobody", json=body).status_code == 404


@pytest.mark.parametrize(
    "patch", [{}, {"status": "lost"}, {"title": ""}, {"id": NOBODY}, {"priority": None}]
)
def test_a_senseless_change_of_a_task_is_refused(api: Api, patch: dict[str, object]) -> None:
    task = api.http.post("/api/tasks", json={"title": "stays as it is"}).json()
    assert api.http.patch(f"/api/tasks/{task['id']}", json=patch).status_code == 422
    assert api.http.get(f"/api/tasks/{task['id']}").json() == task


def test_a_change_of_a_task_that_does_not_exist_is_not_found(api: Api) -> None:
    assert api.http.patch(f"/api/tasks/{NOBODY}", json={"status": "done"}).status_code == 404


@pytest.mark.parametrize("name", ["", "A", "Has Space", "x" * 41, "-start", "ім'я"])
def test_a_source_needs_a_plain_name(api: Api, name: str) -> None:
    answer = api.http.post("/api/sources", json={"name": name, "kind": "chat"})
    assert answer.status_code == 422


def test_a_telegram_update_of_another_kind_is_accepted_and_not_stored(api: Api) -> None:
    before = api.stats()["messages"]
    answer = api.http.post(
        "/webhook/telegram",
        json={"update_id": 1, "poll": {"id": "7"}},
        headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_TOKEN},
    )
    assert (answer.status_code, answer.json()) == (200, {"id": None, "duplicate": False})
    assert api.stats()["messages"] == before
