"""What a Python file says is told apart from what it does."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.documents.python_code import code

ROOT = Path(__file__).parents[3]


def test_words_in_strings_and_comments_are_no_code() -> None:
    text = 'a = "call()"  # call()\ndef f():\n    """call()\n\n    call()\n    """\n    run()\n'
    assert "call" not in code(text)
    assert "run()" in code(text)


def test_what_follows_keeps_its_line_and_column() -> None:
    text = '"""Many\nlines"""; Broker()\nє = "ї"; Broker()\n'
    wanted = [line.index("Broker") if "Broker" in line else -1 for line in text.split("\n")]
    found = [line.find("Broker") for line in code(text).split("\n")]
    assert found == wanted


def by_the_standard_library(text: str) -> str:
    lines = io.StringIO(text, newline="").readlines()
    for token in tokenize.generate_tokens(iter(lines[:]).__next__):
        if token.type in {tokenize.STRING, tokenize.COMMENT}:
            for row in range(token.start[0], token.end[0] + 1):
                line = lines[row - 1]
                first = token.start[1] if row == token.start[0] else 0
                last = token.end[1] if row == token.end[0] else len(line)
                blank = re.sub(r"\S", " ", line[first:last])
                lines[row - 1] = line[:first] + blank + line[last:]
    return "".join(lines)


@pytest.mark.parametrize("folder", ["src", "tests/rules", "stacks/task-tracker/api"])
def test_the_standard_librarys_tokenizer_says_the_same(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert len(files) > 5
    for path in files:
        text = path.read_text()
        assert code(text) == by_the_standard_library(text), path


@pytest.mark.parametrize(
    "text", ["", "x = '", '"""never closed', "def f(:\n  }", "a\n  b\n c\n", "\0", "x = '''\f\x0b"]
)
def test_what_is_no_python_keeps_its_lines(text: str) -> None:
    assert code(text).count("\n") == text.count("\n")


@pytest.mark.parametrize("quote", ['"""', "'''", '"', "'"])
@pytest.mark.parametrize("inside", ["\\a", "\\\\", "\\", "a\\'", '\\"'])
def test_a_string_that_never_ends_takes_no_longer_than_its_length(quote: str, inside: str) -> None:
    text = quote + inside * 20_000
    assert len(code(text)) == len(text)


@given(st.text(alphabet="ab\"'#\\\n\r\f\x0b\x1c\u2028 ()", max_size=40))
def test_nothing_is_moved_whatever_the_text(text: str) -> None:
    found = code(text)
    assert len(found) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, found, strict=True))
