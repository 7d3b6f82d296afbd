"""Secrets are told by their names and by where they stand."""

from __future__ import annotations

from hitless.domain.secrets import hidden, secret_values


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
