"""Finding messages and moving tasks, with mouse and keyboard."""

import re
from uuid import uuid4

from playwright.sync_api import expect

from browser.conftest import PHONE, OpenPage
from conftest import Api, Stack


def new_task(api: Api) -> tuple[str, str]:
    """Create a task and return its id and its title."""
    title = f"Renew the certificate {uuid4().hex[:8]}"
    task = api.http.post("/api/tasks", json={"title": title}).json()
    return task["id"], title


def status_of(api: Api, task_id: str) -> str:
    """Return a task's status as the API knows it."""
    status: str = api.http.get(f"/api/tasks/{task_id}").json()["status"]
    return status


def test_a_task_is_moved_through_the_board_with_the_keyboard(open_page: OpenPage, api: Api) -> None:
    task_id, title = new_task(api)
    page = open_page("/tasks")
    page.get_by_role("button", name=f"Start: move “{title}”").press("Enter")
    expect(page.get_by_role("region", name="In progress").get_by_text(title)).to_be_visible()
    expect(page.locator(f"[data-task-id='{task_id}']")).to_be_focused()
    page.get_by_role("button", name=f"Finish: move “{title}”").press("Enter")
    expect(page.get_by_role("region", name="Done").get_by_text(title)).to_be_visible()
    Stack.eventually(lambda: status_of(api, task_id) == "done")


def test_a_task_is_dragged_to_another_column(open_page: OpenPage, api: Api) -> None:
    task_id, title = new_task(api)
    page = open_page("/tasks")
    done = page.get_by_role("region", name="Done")
    page.locator(f"[data-task-id='{task_id}']").drag_to(done)
    expect(done.get_by_text(title)).to_be_visible()
    Stack.eventually(lambda: status_of(api, task_id) == "done")


def test_a_phone_shows_one_column_at_a_time(open_page: OpenPage, api: Api) -> None:
    task_id, title = new_task(api)
    page = open_page("/tasks", PHONE)
    page.get_by_role("button", name=f"Start: move “{title}”").click()
    expect(page.locator(f"[data-task-id='{task_id}']")).to_be_hidden()
    page.get_by_role("radio", name="In progress").click(force=True)
    expect(page.get_by_role("region", name="In progress").get_by_text(title)).to_be_visible()


def test_another_tab_follows_a_move(open_page: OpenPage, api: Api) -> None:
    task_id, title = new_task(api)
    page = open_page("/tasks")
    expect(page.get_by_role("region", name="Open").get_by_text(title)).to_be_visible()
    api.http.patch(f"/api/tasks/{task_id}", json={"status": "in_progress"})
    expect(page.get_by_role("region", name="In progress").get_by_text(title)).to_be_visible()


def test_search_understands_ukrainian(open_page: OpenPage, api: Api) -> None:
    mark = uuid4().hex[:6]
    text = f"Оплата карткою не проходить, кошти списали двічі {mark}"
    api.processed(api.post(text).json()["id"])
    api.processed(api.post("The quarterly newsletter is out, enjoy reading").json()["id"])
    page = open_page("/messages")
    page.get_by_role("searchbox").fill(f"не проходить оплата карткою {mark}")
    results = page.get_by_role("list", name="Search results")
    expect(results.get_by_role("link").first).to_contain_text(text)
    expect(results.get_by_role("link").first).to_contain_text("% match")
    expect(page).to_have_url(re.compile("q="))


def test_a_message_is_shown_with_messages_like_it(open_page: OpenPage, api: Api) -> None:
    mark = uuid4().hex[:6]
    first = api.post(f"Login page shows error 500 after the update {mark}").json()["id"]
    second = api.post(f"After the update the login page shows error 500 again {mark}").json()["id"]
    for message_id in (first, second):
        api.processed(message_id)
    page = open_page(f"/messages/{first}")
    similar = page.get_by_role("region", name="Similar messages")
    similar.locator(f"[data-message-id='{second}']").click()
    expect(page).to_have_url(re.compile(second))
    expect(page.get_by_role("article").get_by_text("again").first).to_be_visible()


def test_the_list_can_be_narrowed_to_noise(open_page: OpenPage, api: Api) -> None:
    api.processed(api.post("thanks everybody, have a nice weekend").json()["id"])
    page = open_page("/messages")
    noise = page.get_by_role("radio", name="Noise")
    noise.click(force=True)
    expect(noise).to_be_checked()
    rows = page.get_by_role("list", name="Messages").get_by_role("link")
    expect(rows.first).to_contain_text("Noise")
    expect(rows.filter(has_text="Signal")).to_have_count(0)
