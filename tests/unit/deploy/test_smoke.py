"""What a release has to pass before its first user, by each kind of smoke check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy
from hitless.domain.container import Output
from hitless.domain.errors import SmokeFailed
from hitless.domain.settings import SmokeCheck, WriteProbe
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hitless.domain.answer import Answer

NOTE = WriteProbe("/api/notes", {"text": "probe {uuid}"}, "/api/notes/{id}")


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    """A machine on which v1 serves from blue, and on which two programs are installed."""
    shop = Service(tmp_path / "shop")
    deploy(shop.process(), shop.settings, version="v1")
    shop.programs.ends = {
        "good": Output(0, "all is well\n"),
        "bad": Output(3, "line 1\nline 2\n"),
        "slow": Output(0, ""),
    }
    shop.programs.takes = {"slow": 60.0}
    return shop


def released(service: Service, check: SmokeCheck, app: App | None = None) -> None:
    service.settings = SETTINGS._replace(smoke=(check,))
    service.make("two", app)
    deploy(service.process(), service.settings, version="v2")


@pytest.mark.parametrize(
    "check",
    [
        SmokeCheck(write=NOTE, contains="probe"),
        SmokeCheck(websocket="/ws", contains="hello two"),
        SmokeCheck(command=("good", "thing"), contains="well"),
    ],
)
def test_a_release_that_passes_gets_traffic(serving: Service, check: SmokeCheck) -> None:
    released(serving, check)
    assert serving.ask().body == b"hello two api"
    assert_legal(serving)


@pytest.mark.parametrize(
    ("check", "app", "why"),
    [
        (
            SmokeCheck(write=NOTE),
            App(forgets=True),
            "POST /api/notes of v2 .*: expected GET /api/notes/1 to show what was posted",
        ),
        (
            SmokeCheck(write=NOTE, name="notes"),
            App(absent=("/api/notes",)),
            "smoke check notes of .*: expected POST /api/notes to succeed, got 404",
        ),
        (
            SmokeCheck(write=NOTE, content_type="application/json"),
            None,
            "GET /api/notes/1: expected content type application/json, got text/plain",
        ),
        (
            SmokeCheck(websocket="/ws"),
            App(absent=("/ws",)),
            "smoke check /ws of .*: expected a first message, got 404",
        ),
        (SmokeCheck(websocket="/ws", contains="bye"), None, "expected a text with 'bye', got"),
        (
            SmokeCheck(command=("bad", "thing")),
            None,
            "smoke check bad thing of .*: expected the command to end with 0, got 3",
        ),
        (SmokeCheck(command=("slow",)), None, "slow took longer than 5 s"),
        (SmokeCheck(command=("gone",)), None, "program 'gone' is not installed"),
        (SmokeCheck(command=("good",), matches="^bad"), None, "expected a match of '.bad'"),
    ],
)
def test_a_release_that_fails_never_gets_traffic(
    serving: Service, check: SmokeCheck, app: App | None, why: str
) -> None:
    with pytest.raises(SmokeFailed, match=why) as caught:
        released(serving, check, app)
    assert caught.value.exit_status == 20
    assert serving.ask().body == b"hello one api"
    assert_legal(serving)


def test_what_a_failed_command_printed_is_shown(serving: Service) -> None:
    with pytest.raises(SmokeFailed) as caught:
        released(serving, SmokeCheck(command=("bad",)))
    assert caught.value.details == ("line 1", "line 2")


def test_a_command_is_told_where_the_preview_answers(serving: Service) -> None:
    released(serving, SmokeCheck(command=("good", "thing")))
    ((command, given),) = serving.programs.ran
    assert command == "good thing"
    release = serving.store.releases()[0]
    assert (given["HITLESS_SLOT"], given["HITLESS_VERSION"]) == ("green", "v2")
    assert given["HITLESS_RELEASE"] == release.id
    port = int(given["HITLESS_PREVIEW_URL"].removeprefix("http://127.0.0.1:"))
    answer = serving.http.look(port, "/api/version", {"X-Hitless-Slot": "green"})
    assert answer.body == b"hello two api"


def test_an_answer_of_the_other_slot_is_no_answer_of_the_release(serving: Service) -> None:
    look = serving.http.look

    def always_blue(port: int, path: str, headers: Mapping[str, str]) -> Answer:
        named = "X-Hitless-Slot" in headers
        return look(port, path, {"X-Hitless-Slot": "blue"} if named else headers)

    serving.http.look = always_blue  # type: ignore[method-assign]
    with pytest.raises(SmokeFailed, match=r"10\.150\.7\.16 answered, not slot green"):
        released(serving, SmokeCheck(write=NOTE))


def test_an_application_that_answers_everything_alike_does_not_pass(serving: Service) -> None:
    page = App(tells_release=False)
    with pytest.raises(SmokeFailed, match="a path that nobody has gets the very same answer"):
        released(serving, SmokeCheck("/api/version"), page)
    assert serving.ask().body == b"hello one api"
    assert_legal(serving)


@pytest.mark.parametrize(
    "check", [SmokeCheck("/"), SmokeCheck("/api/version", content_type="text/plain")]
)
def test_its_front_page_and_what_is_asked_for_exactly_may_be_alike(
    serving: Service, check: SmokeCheck
) -> None:
    released(serving, check, App(tells_release=False))
    assert serving.ask().body == b"hello two api"
