"""What an answer proves, and which answers do not satisfy a smoke check."""

from __future__ import annotations

import json

import pytest

from hitless.domain.answer import Answer, mismatch
from hitless.domain.settings import SmokeCheck

HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}
VALUES = {"RELEASE": "41f9c2d0", "VERSION": "v1.3.0", "SLOT": "green"}
INDEX = Answer(200, HTML, b"<!doctype html><title>Shop</title>")
STATUS = Answer(200, JSON, json.dumps({"release": "41f9c2d0", "ready": True, "jobs": 0}).encode())


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (SmokeCheck("/"), INDEX),
        (SmokeCheck("/", contains="<title>", content_type="text/html"), INDEX),
        (SmokeCheck("/", contains="${RELEASE}"), Answer(200, {}, b"I am 41f9c2d0")),
        (SmokeCheck("/s", json={"release": "${RELEASE}", "ready": True, "jobs": 0}), STATUS),
        (SmokeCheck("/old", status=404), Answer(404)),
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
            SmokeCheck("/api/version", content_type="application/json"),
            INDEX,
            "expected content type application/json, got text/html; charset=utf-8",
        ),
        (SmokeCheck("/", content_type="text/html"), Answer(200), "got none"),
        (SmokeCheck("/", contains="v${VERSION}"), INDEX, "does not contain 'vv1.3.0'"),
        (SmokeCheck("/api/version", json={"release": "x"}), INDEX, "the body is not JSON"),
        (
            SmokeCheck("/s", json={"release": "${VERSION}"}),
            STATUS,
            "expected release to be 'v1.3.0', got '41f9c2d0'",
        ),
        (SmokeCheck("/s", json={"absent": None, "ready": False}), STATUS, "expected ready"),
        (SmokeCheck("/s", json={"ready": True}), Answer(200, JSON, b"[1]"), "got None"),
    ],
)
def test_a_wrong_answer_is_told_in_words(check: SmokeCheck, answer: Answer, why: str) -> None:
    assert why in mismatch(check, answer, VALUES)


def test_an_answer_names_slot_release_and_the_last_upstream() -> None:
    headers = {
        "x-slot": "green",
        "x-release": "41f9c2d0",
        "x-upstream": "10.150.7.16:8000, 10.150.7.112:8000",
    }
    answer = Answer(200, headers)
    assert (answer.slot, answer.release, answer.upstream) == ("green", "41f9c2d0", "10.150.7.112")


def test_an_answer_without_headers_proves_nothing() -> None:
    answer = Answer(204)
    assert (answer.ok, answer.slot, answer.release, answer.upstream) == (True, "", "", "")


@pytest.mark.parametrize(("status", "ok"), [(199, False), (200, True), (299, True), (300, False)])
def test_only_2xx_is_success(status: int, ok: bool) -> None:  # noqa: FBT001
    assert Answer(status).ok is ok


def test_a_long_body_is_cut_where_it_is_shown() -> None:
    assert len(str(Answer(500, {}, b"x" * 5000))) < 200
