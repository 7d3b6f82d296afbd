"""Secrets are told by their names and by where they stand."""

from __future__ import annotations

import pytest

from hitless.domain.secrets import hidden, is_placeholder, secret_values


def test_values_are_told_by_names_and_in_addresses() -> None:
    found = secret_values(
        {
            "API_TOKEN": "tok-123456",
            "DATABASE_URL": "postgres://shop:pa55word@db/shop",
            "PRIVATE_KEY": "BEGIN KEY\nabcdefgh\nEND",
            "LOG_LEVEL": "information",
            "TOKEN_TTL": "1234567",
            "PASSWORD": None,
        }
    )
    assert found == {"tok-123456", "pa55word", "BEGIN KEY", "abcdefgh"}


def test_a_short_value_is_no_reason_to_blot_out_words() -> None:
    assert secret_values({"TOKEN": "a"}) == frozenset()


def test_the_longer_of_two_values_goes_first() -> None:
    assert hidden("secret-and-more secret", {"secret", "secret-and-more"}) == "*** ***"


@pytest.mark.parametrize(
    "value",
    [
        "changethis",
        "change-me",
        "replace-me-with-a-random-string",
        "<token>",
        "xxxx",
        "---",
        "TODO",
    ],
)
def test_a_word_that_asks_for_a_secret_is_none(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value", ["postgres", "changes2-8c1f", "fixme7", "4f9c11e07a", "exchange", "hunter2", "x-ray"]
)
def test_a_weak_secret_is_still_a_secret(value: str) -> None:
    assert not is_placeholder(value)
