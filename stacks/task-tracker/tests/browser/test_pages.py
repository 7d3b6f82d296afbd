"""Every page, on a desk and on a phone, by day and by night."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import DESKTOP, PHONE, OpenPage, Scheme
from conftest import Api

PAGES = {"/": "Overview", "/messages": "Messages", "/tasks": "Tasks", "/system": "System"}
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def overflow(page: Page) -> int:
    """How many pixels of the page are cut off at the right."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", SIZES)
def test_every_page_fits_its_screen_and_complains_about_nothing(
    open_page: OpenPage, api: Api, tmp_path: Path, device: str, scheme: Scheme
) -> None:
    api.processed(api.post("Checkout fails with error 500 for every customer").json()["id"])
    page = open_page("/", SIZES[device], scheme)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path, title in PAGES.items():
        page.goto(path)
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        page.screenshot(path=tmp_path / f"{title}-{device}-{scheme}.png", full_page=True)
        assert overflow(page) <= 0, path
    assert complaints == []


@pytest.mark.parametrize("device", SIZES)
def test_the_menu_leads_to_every_page(open_page: OpenPage, device: str) -> None:
    page = open_page("/", SIZES[device])
    for path, title in PAGES.items():
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=title).click()
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
        expect(page).to_have_url(re.compile(f"{path}$"))
        expect(page).to_have_title(f"{title} · Task Tracker")


def test_the_first_tab_stop_skips_the_menu(open_page: OpenPage) -> None:
    page = open_page("/tasks")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="All")).to_be_focused()


def test_the_chosen_colours_survive_a_reload(open_page: OpenPage) -> None:
    page = open_page("/", scheme="light")
    page.get_by_role("button", name="Colours: system").click()
    page.get_by_role("button", name="Colours: light").click()
    background = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(background)
    assert sum(int(part) for part in dark[4:-1].split(",")) < 3 * 60, dark
    page.reload()
    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert page.evaluate(background) == dark
