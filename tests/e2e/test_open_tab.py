"""A person keeps the dashboard open while releases come and go."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from hitless.domain.container import Role
from tests.e2e.support.jobs import numbered_messages
from tests.e2e.support.legal import assert_legal
from tests.e2e.support.project import engine
from tests.e2e.support.tracker import NEW, go_back, release, settled_stats

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.support.project import Project

# A browser drops what it loads when a network comes or goes on the machine.
pytestmark = [pytest.mark.browser, pytest.mark.quiet]
CHROMIUM = "/usr/bin/chromium"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 30_000
EVERY = 0.3  # seconds between two messages; two tabs draw each of them, without a graphics card


@dataclass
class Tab:
    """An open page, everything it complained about, and every file it loaded."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    assets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        page = self.page
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", lambda answer: self._note(answer.url, answer.status))

    @property
    def body(self) -> Locator:
        """Where the page keeps the state of its connection."""
        return self.page.locator("body")

    def _note(self, url: str, status: int) -> None:
        if "/assets/" in url:
            self.assets.append(url.rpartition("/")[2])
        if status >= 400:
            self.complaints.append(f"{status} {url}")

    def open(self) -> None:
        """Load the page anew and wait until it is live."""
        self.page.goto("/")
        expect(self.page.locator("body[data-ws-state=open]")).to_be_attached(timeout=PATIENCE_MS)
        self.page.evaluate("window.neverReloaded = true")

    def go_to(self, name: str) -> set[str]:
        """Click on a page's name in the menu; the files that it took."""
        before = len(self.assets)
        menu = self.page.get_by_role("navigation", name="Pages")
        menu.get_by_role("link", name=name, exact=True).click()
        heading = self.page.get_by_role("heading", name=name, level=1)
        expect(heading).to_be_visible(timeout=PATIENCE_MS)
        return set(self.assets[before:])

    def assert_missed_nothing(self, last_event: int) -> None:
        """It heard every event up to the last one, was never reloaded, never complained."""
        body = self.body
        expect(body).to_have_attribute("data-last-event-id", str(last_event), timeout=PATIENCE_MS)
        expect(body).to_have_attribute("data-events-missed", "0")
        expect(body).to_have_attribute("data-ws-state", "open")
        assert int(body.get_attribute("data-events-received") or 0) > 0
        assert self.page.evaluate("window.neverReloaded") is True
        assert self.complaints == []


def test_open_tabs_miss_no_event_and_still_load_their_own_chunks(tracker: Project) -> None:
    go_back(tracker)
    with chromium() as browser, numbered_messages(tracker, EVERY) as jobs:
        old = new_tab(browser, tracker)
        release(tracker, NEW)
        taken = old.go_to("Tasks")
        assert taken - assets_in_active_slot(tracker), "the new release has all of these itself"
        new = new_tab(browser, tracker)
        tracker.done("rollback", "--wait")
        taken = new.go_to("Topics")
        assert taken - assets_in_active_slot(tracker), "the old release has all of these itself"
        release(tracker, NEW, "--force")  # empties the slot that holds the newer tab's connection
        expect(new.body).not_to_have_attribute("data-reconnects", "0", timeout=PATIENCE_MS)
        old.go_to("System")
        jobs.stop()
        last_event = settled_stats(tracker)["last_event_id"]
        for tab in (old, new):
            tab.assert_missed_nothing(last_event)
    assert jobs.refused == []
    assert_legal(tracker)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium with a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


def new_tab(browser: Browser, project: Project) -> Tab:
    """A desktop tab on the dashboard, as the edge serves it."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{project.port}", viewport={"width": 1280, "height": 860}
    )
    tab = Tab(context.new_page())
    tab.open()
    return tab


def assets_in_active_slot(project: Project) -> set[str]:
    """The files that the active release's own dashboard holds."""
    active = project.status()["active"]
    dashboard = next(
        c.id
        for c in project.containers().values()
        if c.role == Role.WEB and c.slot == active and c.service_name == "dashboard"
    )
    listed = engine().run_in(dashboard, ("ls", "/usr/share/nginx/html/assets"))
    assert listed.code == 0, listed.text
    return set(listed.text.split())
