"""Words are found in the texts that hold them, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hitless.audit.haystack import Haystack

TEXTS = st.dictionaries(st.text("abc/", max_size=4), st.text("ab ", max_size=12), max_size=8)
WORDS = st.lists(st.text("ab ", min_size=1, max_size=3), max_size=3)


@given(TEXTS, WORDS)
def test_it_finds_what_a_look_at_each_text_finds(texts: dict[str, str], words: list[str]) -> None:
    one_by_one = [path for path, text in texts.items() if any(word in text for word in words)]
    assert Haystack(texts).holding(*words) == one_by_one


def test_no_word_is_made_of_the_end_of_one_text_and_the_start_of_the_next() -> None:
    assert Haystack({"a": "pass", "b": "word"}).holding("password") == []


def test_nothing_holds_nothing() -> None:
    assert Haystack({}).holding("a") == []
    assert Haystack({"empty": ""}).holding("a") == []
