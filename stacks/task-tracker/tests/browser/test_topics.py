"""The page that release 1.3.0 brings, and that 1.2.0 does not pretend to have."""

from uuid import uuid4

from playwright.sync_api import expect

from browser.conftest import OpenPage
from conftest import Api


def test_topics_have_a_page_only_in_the_release_that_brings_it(
    open_page: OpenPage, api: Api, pages: dict[str, str]
) -> None:
    """The menu is checked elsewhere; this is what the address answers."""
    expected = 200 if "/topics" in pages else 404
    assert api.http.get("/topics").status_code == expected
    link = open_page("/").get_by_role("link", name="Topics", exact=True)
    expect(link).to_have_count(2 if "/topics" in pages else 0)


def test_a_task_shows_how_severe_it_is(
    open_page: OpenPage, api: Api, pages: dict[str, str]
) -> None:
    title = f"Replace the worn-out disk {uuid4().hex[:8]}"
    task = {"title": title, "priority": "urgent"}
    task_id = api.http.post("/api/tasks", json=task).json()["id"]
    card = open_page("/tasks").locator(f"[data-task-id='{task_id}']")
    expect(card).to_contain_text("S4 Urgent" if "/topics" in pages else "Urgent")
