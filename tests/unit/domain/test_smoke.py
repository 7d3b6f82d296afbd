"""Which answers do not satisfy a smoke check, and in which words that is told."""

from __future__ import annotations

import json

import pytest

from hitless.domain.answer import Answer
from hitless.domain.settings import SmokeCheck, WriteProbe
from hitless.domain.smoke import mismatch, title, unlike

HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}
VALUES = {"RELEASE": "41f9c2d0", "VERSION": "v1.3.0", "SLOT": "green"}
INDEX = Answer(200, HTML, b"<!doctype html><title>Shop</title>")
DOCUMENT = {
    "release": "41f9c2d0",
    "ready": True,
    "jobs": 0,
    "build": {"tags": ["v1.3.0", "41f9c2d0"]},
    "a.b": 1,
}
STATUS = Answer(200, JSON, json.dumps(DOCUMENT).encode())
HELLO = Answer(101, {}, b'{"type": "hello"}')


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (SmokeCheck("/"), INDEX),
        (SmokeCheck("/", contains="<title>", content_type="text/html"), INDEX),
        (SmokeCheck("/", contains="${RELEASE}"), Answer(200, {}, b"I am 41f9c2d0")),
        (SmokeCheck("/", matches=r"^v\d+\.\d+"), Answer(200, {}, b"v1.3.0")),
        (SmokeCheck("/", matches="^${VERSION}$"), Answer(200, {}, b"v1.3.0")),
        (SmokeCheck("/s", json={"release": "${RELEASE}", "ready": True, "jobs": 0}), STATUS),
        (SmokeCheck("/s", json={"build.tags.1": "${RELEASE}", "a.b": 1}), STATUS),
        (SmokeCheck("/s", json={"build": {"tags": ["${VERSION}", "${RELEASE}"]}}), STATUS),
        (SmokeCheck("/old", status=404), Answer(404)),
        (SmokeCheck("/"), Answer(200, {"x-release": "41f9c2d0"})),
        (SmokeCheck(websocket="/ws"), HELLO),
        (SmokeCheck(websocket="/ws", json={"type": "hello"}), HELLO),
    ],
)
def test_a_right_answer_satisfies(check: SmokeCheck, answer: Answer) -> None:
    assert mismatch(check, answer, VALUES) == ""


@pytest.mark.parametrize(
    ("check", "answer", "why"),
    [
        (SmokeCheck("/"), Answer(503, {}, b"closed"), "expected status 200, got 503 closed"),
        (SmokeCheck("/"), Answer(0, error="refused"), "expected status 200, got refused"),
        (
            SmokeCheck("/"),
            Answer(200, {"x-release": "0bad0bad"}),
            "expected release 41f9c2d0, got 0bad0bad in X-Release",
        ),
        (
            SmokeCheck("/api/version", content_type="application/json"),
            INDEX,
            "expected content type application/json, got text/html; charset=utf-8",
        ),
        (SmokeCheck("/", content_type="text/html"), Answer(200), "got none"),
        (
            SmokeCheck("/", contains="v${VERSION}"),
            INDEX,
            "expected a text with 'vv1.3.0', got <!doctype html><title>Shop</title>",
        ),
        (SmokeCheck("/", contains="x"), Answer(200), "expected a text with 'x', got nothing"),
        # A dot of the version is a dot, not any character.
        (
            SmokeCheck("/", matches="^${VERSION}$"),
            Answer(200, {}, b"v1x3x0"),
            r"expected a match of '^v1\\.3\\.0$', got v1x3x0",
        ),
        (SmokeCheck("/v", json={"release": "x"}), INDEX, "expected JSON, got <!doctype html>"),
        (
            SmokeCheck("/s", json={"release": "${VERSION}"}),
            STATUS,
            "expected release to be 'v1.3.0', got '41f9c2d0'",
        ),
        (SmokeCheck("/s", json={"ready": 1}), STATUS, "expected ready to be 1, got True"),
        (SmokeCheck("/s", json={"build.tags.2": "x"}), STATUS, "to be 'x', got None"),
        (SmokeCheck("/s", json={"build.tags.first": "x"}), STATUS, "to be 'x', got None"),
        (SmokeCheck("/s", json={"ready": True}), Answer(200, JSON, b"[1]"), "got None"),
        (SmokeCheck(websocket="/ws"), INDEX, "expected a first message, got 200 <!doctype"),
        (
            SmokeCheck(websocket="/ws"),
            Answer(101, error="no message within 5 s"),
            "expected a first message, got no message within 5 s",
        ),
        (SmokeCheck(websocket="/ws", json={"type": "bye"}), HELLO, "to be 'bye', got 'hello'"),
    ],
)
def test_a_wrong_answer_is_told_in_words(check: SmokeCheck, answer: Answer, why: str) -> None:
    assert why in mismatch(check, answer, VALUES)


@pytest.mark.parametrize(
    "check",
    [
        SmokeCheck("/", json={"release": "${RELEASE}"}),
        SmokeCheck("/", json={"absent": None}),
        SmokeCheck("/", contains="${RELEASE}"),
        SmokeCheck("/", contains="${VERSION}"),
        SmokeCheck("/", matches="^${RELEASE}$"),
        SmokeCheck("/", content_type="application/json"),
        SmokeCheck(websocket="/"),
    ],
)
def test_an_index_page_for_everything_is_no_json_and_no_version(check: SmokeCheck) -> None:
    assert mismatch(check, INDEX, VALUES)


def test_a_long_text_is_cut_where_it_is_shown() -> None:
    assert len(unlike(SmokeCheck("/", contains="x"), "y" * 5000, VALUES)) < 200


@pytest.mark.parametrize(
    ("check", "name"),
    [
        (SmokeCheck("/v"), "/v"),
        (SmokeCheck(websocket="/ws"), "/ws"),
        (SmokeCheck(write=WriteProbe("/m", {}, "/m/{id}")), "POST /m"),
        (SmokeCheck(command=("./check", "all")), "./check all"),
    ],
)
def test_a_check_is_called_by_its_name_or_by_what_it_does(check: SmokeCheck, name: str) -> None:
    assert title(check) == name
    assert title(check._replace(name="mine")) == "mine"
