"""What a Python file says is told apart from what it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.documents.python_code import code


def test_words_in_strings_and_comments_are_no_code() -> None:
    text = 'a = "call()"  # call()\ndef f():\n    """call()\n\n    call()\n    """\n    run()\n'
    assert "call" not in code(text)
    assert "run()" in code(text)


def test_what_follows_keeps_its_line_and_column() -> None:
    text = '"""Many\nlines"""; Broker()\nє = "ї"; Broker()\n'
    wanted = [line.index("Broker") if "Broker" in line else -1 for line in text.split("\n")]
    found = [line.find("Broker") for line in code(text).split("\n")]
    assert found == wanted


@pytest.mark.parametrize(
    "text", ["", "x = '", '"""never closed', "def f(:\n  }", "a\n  b\n c\n", "\0", "x = '''\f\x0b"]
)
def test_what_is_no_python_comes_back_as_it_is(text: str) -> None:
    assert code(text).count("\n") == text.count("\n")


@given(st.text(alphabet="ab\"'#\\\n\r\f\x0b\x1c\u2028 ()", max_size=40))
def test_nothing_is_moved_whatever_the_text(text: str) -> None:
    found = code(text)
    assert len(found) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, found, strict=True))
