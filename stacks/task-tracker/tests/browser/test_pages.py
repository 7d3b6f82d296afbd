"""Every page, on a desk and on a phone, by day and by night."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import DESKTOP, PHONE, OpenPage, Scheme
from conftest import Api

DARK = "rgb(19, 20, 22)"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOOKS = [(device, scheme) for device in SIZES for scheme in SCHEMES]


def overflow(page: Page) -> int:
    """How many pixels of the page are cut off at the right."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_every_page_fits_its_screen_and_complains_about_nothing(
    open_page: OpenPage, pages: dict[str, str], tmp_path: Path, look: tuple[str, Scheme], api: Api
) -> None:
    device, scheme = look
    api.processed(api.post("Checkout fails with error 500 for every customer").json()["id"])
    page = open_page("/", SIZES[device], scheme)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path, title in pages.items():
        page.goto(path)
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        page.screenshot(path=tmp_path / f"{title}-{device}-{scheme}.png", full_page=True)
        assert overflow(page) <= 0, path
    assert complaints == []


@pytest.mark.parametrize("device", SIZES)
def test_the_menu_leads_to_every_page_there_is(
    open_page: OpenPage, pages: dict[str, str], device: str
) -> None:
    page = open_page("/", SIZES[device])
    menu = page.get_by_role("navigation", name="Pages").get_by_role("link")
    expect(menu).to_have_text(list(pages.values()))
    for path, title in pages.items():
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
    expect(page.locator("html")).to_have_css("background-color", DARK)
    page.reload()
    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    expect(page.locator("html")).to_have_css("background-color", DARK)
