"""The report in a real browser: nothing overflows, nothing complains, paper works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, sync_playwright

from hitless.cli.render.report import Headline, Report, Run, Step, Tone, html
from hitless.cli.render.timeline import Marker
from tests.unit.render.conftest import NEW, OLD, START, deployed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """The report of a deploy with failures, open in Chromium."""
    steps = tuple(Step(f"step {i}", i, 1.0, "done", "a fact worth reading") for i in range(13))
    run = Run("d-1", "v1.2.0 → v1.3.0", "deploy", "live", True, START, 13.0, 41.0, 90, 3, steps)  # noqa: FBT003
    report = Report(
        title="Task Tracker: v1.2.0 to v1.3.0, back, and forward again",
        summary="Six services were upgraded under load.",
        headlines=(
            Headline("3", "failed of 900 requests", "at 10 a second", Tone.BAD),
            *(Headline("1,000 of 1,000", "jobs done", "each exactly once") for _ in range(6)),
        ),
        evidence=deployed(seconds=90, switch=40, broken=3),
        names={OLD: "v1.2.0", NEW: "v1.3.0"},
        created=START,
        markers=tuple(Marker(START + at, "cutover to v1.3.0") for at in (40, 44, 88)),
        runs=(run, run),
        facts=(("Machine", "Debian 12, 2 cores"),),
    )
    file = tmp_path / "report.html"
    file.write_text(html(report), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page()
        opened.on("console", lambda message: pytest.fail(message.text))
        opened.on(
            "request",
            lambda request: pytest.fail(request.url) if request.url[:4] != "file" else None,
        )
        opened.goto(file.as_uri())
        yield opened
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_sticks_out_at_any_width(page: Page, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_phone_gets_the_picture_that_suits_it(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.locator(".narrow svg").is_visible()
    assert not page.locator(".wide svg").is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator(".wide svg").is_visible()
    assert not page.locator(".narrow svg").is_visible()


def test_the_table_under_the_chart_opens_from_the_keyboard(page: Page) -> None:
    table = page.locator("details table").first
    assert not table.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert table.is_visible()


def test_paper_is_white_also_for_readers_in_the_dark(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.querySelector('.hero .value')).color")
    assert ground == "rgb(255, 255, 255)"
    assert ink == "rgb(195, 20, 58)"
