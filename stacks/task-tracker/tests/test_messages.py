"""Messages: taken in once, judged, found again in both languages."""

import asyncio
from uuid import uuid4

import httpx2
import pytest

from conftest import Api


def test_a_message_is_stored_judged_and_becomes_a_task(api: Api) -> None:
    posted = api.post("Critical: the login page returns 500 for all users")
    assert posted.status_code == 201
    assert posted.headers["location"] == f"/api/messages/{posted.json()['id']}"
    assert posted.json()["processed_at"] is None
    message = api.processed(posted.json()["id"])
    assert (message["label"], message["category"]) == ("signal", "bug")
    assert message["importance"] > 0.9
    task = api.http.get(f"/api/tasks/{message['task_id']}").json()
    assert task["message_id"] == message["id"]
    assert (task["status"], task["priority"]) == ("open", "urgent")
    assert message["topic"]["name"]


def test_small_talk_is_noise_and_makes_no_task(api: Api) -> None:
    message = api.processed(api.post("Доброго ранку всім!").json()["id"])
    assert (message["label"], message["category"], message["task_id"]) == ("noise", None, None)


def test_posting_the_same_message_again_changes_nothing(api: Api) -> None:
    first = api.post("The export is empty", external_id="same-id")
    again = api.post("Another text under the same id", external_id="same-id")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert api.message(first.json()["id"])["content"] == "The export is empty"


def test_twenty_simultaneous_posts_of_one_message_make_one_row(api: Api) -> None:
    external_id = uuid4().hex
    body = {"source": "chat", "external_id": external_id, "content": "posted twenty times"}

    async def post_all() -> list[httpx2.Response]:
        async with httpx2.AsyncClient(base_url=f"http://{api.address}", timeout=30) as client:
            posts = (client.post("/api/messages", json=body) for _ in range(20))
            return await asyncio.gather(*posts)

    answers = asyncio.run(post_all())
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_the_pages_show_every_message_once_and_newest_first(api: Api) -> None:
    source = f"pages-{uuid4().hex[:8]}"
    assert api.http.post("/api/sources", json={"name": source, "kind": "chat"}).status_code == 201
    posted = [api.post(f"message {n}", source=source).json()["id"] for n in range(7)]
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        parameters = {"source": source, "limit": 3} | ({"cursor": cursor} if cursor else {})
        page = api.http.get("/api/messages", params=parameters).json()
        assert page["total"] == 7
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == posted[::-1]


def test_messages_are_filtered_by_what_the_worker_found(api: Api) -> None:
    api.processed(api.post("Thanks a lot, you are the best").json()["id"])
    api.processed(api.post("Payment fails with error 502").json()["id"])
    for query, field, wanted in (
        ("label=noise", "label", "noise"),
        ("category=bug", "category", "bug"),
        ("label=signal&processed=true", "label", "signal"),
    ):
        items = api.http.get(f"/api/messages?{query}").json()["items"]
        assert items
        assert {item[field] for item in items} == {wanted}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("картки двічі", "З картки клієнта двічі списали кошти"),
        ("не можу зайти", "Пароль не приймається, увійти не вдається"),
        ("charged two times", "З картки клієнта двічі списали кошти"),
        ("slow pages", "The orders list needs eight seconds, terribly slow"),
    ],
)
def test_search_finds_by_meaning_in_english_and_ukrainian(
    api: Api, query: str, expected: str
) -> None:
    for number, content in enumerate(
        (
            "З картки клієнта двічі списали кошти",
            "Пароль не приймається, увійти не вдається",
            "The orders list needs eight seconds, terribly slow",
            "Pizza or sushi for lunch?",
            "Rename the repository and fix the links",
        )
    ):
        api.processed(api.post(content, external_id=f"search-{number}").json()["id"])
    found = api.http.get("/api/search", params={"q": query, "limit": 5}).json()
    assert found["query"] == query
    assert expected in [match["message"]["content"] for match in found["items"]]
    scores = [match["score"] for match in found["items"]]
    assert scores == sorted(scores, reverse=True)


def test_similar_messages_leave_out_the_message_itself(api: Api) -> None:
    first = api.processed(api.post("Replication lag on replica-7 is 300 seconds").json()["id"])
    second = api.processed(api.post("Replication lag on replica-8 is 420 seconds").json()["id"])
    similar = api.http.get(f"/api/messages/{first['id']}/similar").json()
    ids = [match["message"]["id"] for match in similar["items"]]
    assert ids[0] == second["id"] or similar["items"][0]["score"] > 0.8
    assert first["id"] not in ids
