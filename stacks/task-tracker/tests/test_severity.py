"""v1.3.0: the severity beside the priority, written both ways, true whoever writes."""

import pytest

from conftest import Api, Stack

WORDS = ["low", "medium", "high", "urgent"]


@pytest.fixture(autouse=True)
def _has_the_column(code: str) -> None:
    assert code >= "v1.3.0", "these tests are about v1.3.0: run them with --code v1.3.0"


def column(stack: Stack, task_id: str) -> str:
    """Return what is stored of a task."""
    query = f"SELECT priority, coalesce(severity::text, '-') FROM tasks WHERE id = '{task_id}'"
    return stack.sql(query)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_new_code_writes_both_spellings(api: Api, stack: Stack, number: int) -> None:
    word = WORDS[number - 1]
    by_word = api.http.post("/api/tasks", json={"title": "a", "priority": word}).json()
    by_number = api.http.post("/api/tasks", json={"title": "b", "severity": number}).json()
    for task in (by_word, by_number):
        assert (task["priority"], task["severity"]) == (word, number)
        assert column(stack, task["id"]) == f"{word}|{number}"


def test_new_code_makes_tasks_of_messages_with_both(api: Api, stack: Stack) -> None:
    posted = api.post("Critical: checkout is down for all users").json()
    task_id = api.processed(posted["id"])["task_id"]
    assert column(stack, task_id) == "urgent|4"


def test_new_code_refuses_two_spellings_at_once(api: Api) -> None:
    body = {"title": "a", "priority": "low", "severity": 4}
    assert api.http.post("/api/tasks", json=body).status_code == 422
    assert api.http.post("/api/tasks", json={"title": "a", "severity": 5}).status_code == 422


def test_a_row_of_the_old_code_is_read_by_new_code_and_filled_by_the_backfill(
    api: Api, stack: Stack
) -> None:
    made = [api.http.post("/api/tasks", json={"title": str(n)}).json()["id"] for n in range(3)]
    stack.sql("UPDATE tasks SET severity = NULL")
    assert api.http.get(f"/api/tasks/{made[0]}").json()["severity"] == 2
    backfill = ("exec", "-T", "worker", "python", "-m", "app.worker.backfill")
    stack.compose(*backfill, "start", "severity")
    stack.eventually(lambda: "finished" in stack.compose(*backfill, "status", "severity"))
    assert stack.sql("SELECT count(*) FROM tasks WHERE severity IS NULL") == "0"
    assert {column(stack, task_id) for task_id in made} == {"medium|2"}


def test_a_change_by_the_old_code_does_not_leave_a_stale_severity_for_new_code(
    api: Api, stack: Stack
) -> None:
    """Rolled back and forward again: what v1.2.0 wrote in between is what v1.3.0 shows."""
    task = api.http.post("/api/tasks", json={"title": "a", "priority": "low"}).json()
    stack.sql(f"UPDATE tasks SET priority = 'urgent' WHERE id = '{task['id']}'")
    assert column(stack, task["id"]) == "urgent|-"
    assert api.http.get(f"/api/tasks/{task['id']}").json()["severity"] == 4
    api.http.patch(f"/api/tasks/{task['id']}", json={"severity": 3})
    assert column(stack, task["id"]) == "high|3"


def test_new_code_shows_what_happens_in_a_topic(api: Api) -> None:
    message = api.processed(api.post("Video stream stops after a minute").json()["id"])
    topic = api.http.get(f"/api/topics/{message['topic']['id']}").json()
    assert topic["signal_count"] + topic["noise_count"] == topic["message_count"]
    assert len(topic["trend"]) == 24
    assert sum(topic["trend"]) == topic["message_count"]
    assert topic["last_message_at"] >= message["received_at"]
    listed = api.http.get("/api/topics").json()["items"]
    assert topic in listed
