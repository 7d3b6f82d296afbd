"""What an answer proves."""

from __future__ import annotations

import pytest

from hitless.domain.answer import Answer


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
    assert len(str(Answer(500, {}, b"x" * 5000))) < 500
