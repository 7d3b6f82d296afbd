"""A real Chromium that looks at the real stack."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from conftest import Api, Stack

CHROMIUM = "/usr/bin/chromium"
DESKTOP = (1280, 860)
PHONE = (390, 844)
Scheme = Literal["light", "dark"]
OpenPage = Callable[..., Page]

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Chromium, so that a machine without it can name what did not run."""
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def pages(version: str) -> dict[str, str]:
    """The addresses of the menu and the headings of their pages, in its order."""
    major, minor, _ = version.split(".")
    topics = {"/topics": "Topics"} if (int(major), int(minor)) >= (1, 3) else {}
    known = {"/": "Overview", "/messages": "Messages", "/tasks": "Tasks"}
    return known | topics | {"/system": "System"}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each test gets a profile of its own."""
    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, stack: Stack, api: Api) -> Iterator[OpenPage]:
    """Open an address of the dashboard and wait until the page is live."""
    contexts: list[BrowserContext] = []

    def open_page(
        path: str = "/", size: tuple[int, int] = DESKTOP, scheme: Scheme = "light"
    ) -> Page:
        width, height = size
        context = chromium.new_context(
            base_url=f"http://{stack.address}",
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        expect(page.locator("body[data-ws-state=open]")).to_be_attached()
        return page

    yield open_page
    for context in contexts:
        context.close()
