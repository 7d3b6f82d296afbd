"""What a person sees while messages arrive, servers restart and releases change."""

import json
from uuid import uuid4

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from browser.conftest import OpenPage
from conftest import Api, Stack


def heard(page: Page, name: str) -> int:
    """Return one of the figures that the page keeps on its body."""
    return int(page.locator("body").get_attribute(f"data-{name}") or 0)


def test_a_message_arrives_is_classified_and_becomes_a_task(open_page: OpenPage, api: Api) -> None:
    page = open_page("/")
    text = f"Checkout is broken, error 500 for every customer, urgent ({uuid4().hex[:8]})"
    api.post(text)
    row = page.get_by_role("list", name="Newest messages").get_by_role("link").filter(has_text=text)
    expect(row).to_contain_text("Signal")
    expect(row).to_contain_text("Task")
    page.get_by_role("link", name="Tasks", exact=True).click()
    expect(page.get_by_role("region", name="Open").get_by_text(text)).to_be_visible()


def test_a_message_written_on_the_page_is_answered_in_the_feed(open_page: OpenPage) -> None:
    page = open_page("/")
    text = f"Не можу увійти, сторінка входу повертає 500 ({uuid4().hex[:8]})"
    page.get_by_label("Try it: write a message").fill(text)
    page.keyboard.press("Enter")
    row = page.get_by_role("list", name="Newest messages").get_by_role("link").filter(has_text=text)
    expect(row).to_contain_text("Signal")


def test_a_tab_hears_everything_that_happened_while_the_api_was_away(
    open_page: OpenPage, stack: Stack, api: Api
) -> None:
    page = open_page("/")
    stack.compose("stop", "worker")
    ids = [api.post(f"Disk on db-{number} is full, backups fail").json()["id"] for number in "1234"]
    stack.compose("stop", "api")
    expect(page.locator("body[data-ws-state=reconnecting]")).to_be_attached()
    stack.compose("start", "worker")
    stack.eventually(
        lambda: stack.sql("SELECT count(*) FROM messages WHERE processed_at IS NULL") == "0"
    )
    stack.compose("start", "api")
    expect(page.locator("body[data-ws-state=open]")).to_be_attached(timeout=60_000)
    last = api.stats()["last_event_id"]
    expect(page.locator("body")).to_have_attribute("data-last-event-id", str(last))
    assert heard(page, "events-missed") == 0
    assert heard(page, "reconnects") == 1
    for message_id in ids:
        row = page.locator(f"[data-message-id='{message_id}']")
        expect(row).not_to_contain_text("Classifying")


def test_a_new_version_is_offered_and_not_forced(open_page: OpenPage) -> None:
    page = open_page("/")
    connections: list[WebSocketRoute] = []

    def as_if_released(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        connections.append(route)
        version = "1.2.0" if len(connections) == 1 else "9.9.9"

        def forward(frame: str | bytes) -> None:
            said = json.loads(frame)
            route.send(json.dumps(said | {"version": version} if "version" in said else said))

        server.on_message(forward)

    page.route_web_socket("**/ws*", as_if_released)
    page.reload()
    expect(page.locator("body[data-server-version='1.2.0']")).to_be_attached()
    page.evaluate("window.stayed = true")
    connections[0].close(code=1012)
    expect(page.get_by_text("A new version is available")).to_be_visible()
    assert page.evaluate("window.stayed")
    page.get_by_role("button", name="Reload").click()
    expect(page.locator("body[data-server-version='9.9.9']")).to_be_attached()
    expect(page.get_by_text("A new version is available")).to_have_count(0)


def test_a_chunk_that_is_gone_reloads_the_page_once(open_page: OpenPage) -> None:
    page = open_page("/")
    page.route("**/assets/TasksPage-*.js", lambda route: route.fulfill(status=404))
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.get_by_role("link", name="Tasks", exact=True).click()
    expect(page.get_by_role("heading", name="This page could not be shown")).to_be_visible()
    assert len(loads) == 1
    page.get_by_role("link", name="System", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="System")).to_be_visible()


def test_a_chunk_that_is_back_after_the_reload_is_shown(open_page: OpenPage) -> None:
    page = open_page("/")
    asked: list[str] = []

    def gone_once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=404)
        else:
            route.continue_()

    page.route("**/assets/TasksPage-*.js", gone_once)
    page.get_by_role("link", name="Tasks", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Tasks")).to_be_visible()
    assert page.url.endswith("/tasks")
