"""Python is changed by nodes of its syntax, and only the intended ones differ."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from hitless.fix.edit import RefusedError, spliced
from hitless.fix.python_edit import PythonEditor

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = '''\
"""Запуск."""

from contextlib import asynccontextmanager

from fastapi import FastAPI
from app.database import engine, sessions


@asynccontextmanager
async def lifespan(app):  # the story
    async with engine.begin() as c:
        await c.run_sync(x)  # only this
    yield


имя = FastAPI("é", lifespan=lifespan)
'''


def changed(text: str, change: Callable[[PythonEditor], None]) -> str:
    editor = PythonEditor(text, "app.py")
    change(editor)
    return spliced(text, editor.proved())


def function(editor: PythonEditor) -> ast.AsyncFunctionDef:
    return next(one for one in ast.walk(editor.tree) if isinstance(one, ast.AsyncFunctionDef))


def test_columns_are_counted_in_characters_and_not_in_bytes() -> None:
    def keyword(editor: PythonEditor) -> None:
        editor.with_keywords(next(editor.calls("FastAPI")), "debug=False")

    assert changed(TEXT, keyword) == TEXT.replace("=lifespan)", "=lifespan, debug=False)")


def test_a_statement_goes_with_its_lines_and_the_names_that_only_it_used() -> None:
    def without(editor: PythonEditor) -> None:
        editor.remove(function(editor).body[0])
        editor.forget("engine")
        editor.forget("FastAPI")  # still used below

    made = changed(TEXT, without)
    assert "import sessions\n" in made
    assert "import FastAPI\n" in made
    assert "async def lifespan(app):  # the story\n    yield\n" in made


def test_the_only_statement_of_a_body_leaves_pass() -> None:
    text = "def f():\n    g()\n"
    made = changed(text, lambda e: e.remove(next(e.functions()).body[0]))
    assert made == "def f():\n    pass\n"


@pytest.mark.parametrize(
    ("text", "wanted", "line"),
    [
        (TEXT, ("os", ""), "import os\nfrom contextlib"),
        (TEXT, ("fastapi", "Response"), "from fastapi import FastAPI, Response\n"),
        (TEXT, ("app.metrics", "shown"), "engine, sessions\nfrom app.metrics import shown\n"),
        (TEXT, ("contextlib", "asynccontextmanager"), None),
        ('"""Doc."""\nx = 1\n', ("os", ""), '"""Doc."""\nimport os\n'),
        ("from a import *\n", ("a", "b"), None),
        ("import sqlalchemy as sa\nx = 1\n", ("sqlalchemy as sa", ""), None),
        ("from __future__ import annotations\n\nx = 1\n", ("os", ""), "annotations\nimport os\n"),
    ],
)
def test_imports_go_where_their_like_are(
    text: str, wanted: tuple[str, str], line: str | None
) -> None:
    editor = PythonEditor(text, "app.py")
    editor.import_name(*wanted)
    if line is None:
        with pytest.raises(RefusedError, match="nothing to change"):
            editor.proved()
    else:
        assert line in spliced(text, editor.proved())


def test_line_breaks_of_windows_stay() -> None:
    text = TEXT.replace("\n", "\r\n")
    made = changed(text, lambda e: e.after(function(e), "\n\nx = 1"))
    assert "\n" not in made.replace("\r\n", "")
    assert made.replace("\r\n\r\nx = 1\r\n", "", 1) == text


def test_a_change_that_moves_another_statement_out_of_its_place_is_refused() -> None:
    def outside(editor: PythonEditor) -> None:
        editor.insert(editor.line_start(editor.span(function(editor).body[1])[0]), "if x:\n")

    with pytest.raises(RefusedError, match="touching more"):
        changed(TEXT, outside)
    with pytest.raises(RefusedError, match="would not be Python"):
        changed(TEXT, lambda e: e.insert(len(e.text), "("))

    def commented(editor: PythonEditor) -> None:
        start, end = editor.span(function(editor).body[0])
        editor.replace(start, end, '"""')
        editor.insert(len(editor.text), '"""\n')

    with pytest.raises(RefusedError, match="touching more"):
        changed(TEXT, commented)


@pytest.mark.parametrize("text", ["x = (", "\ufeffx = 1\n", "x = 1\ry = 2\n", "\0"])
def test_what_cannot_be_edited_exactly_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        PythonEditor(text, "app.py")


def test_two_statements_on_a_line_are_left_alone() -> None:
    with pytest.raises(RefusedError, match="several statements"):
        changed("x = 1; y = 2\n", lambda e: e.instead(e.tree.body[0], "z = 3"))
