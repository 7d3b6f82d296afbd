"""nginx files are changed by directive, and keep their layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitless.documents import nginx
from hitless.fix.edit import RefusedError, spliced
from hitless.fix.nginx_edit import NginxEditor

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.documents.nginx import Directive

TEXT = """\
# of the house
http {
  server {  # first
    listen 80; server_name a;

    location / { proxy_pass http://api; }  # all of it
    location /x {
      # nothing yet
    }
  }
}
"""


def changed(text: str, change: Callable[[NginxEditor, Directive], None]) -> str:
    root = nginx.parse(text, "nginx.conf")
    editor = NginxEditor(text, root)
    change(editor, root)
    return spliced(text, editor.proved())


def lines_that_came(text: str, made: str) -> list[str]:
    return [line for line in made.split("\n") if line not in text.split("\n")]


def test_a_server_keeps_what_it_listens_to_at_its_top() -> None:
    made = changed(TEXT, lambda e, root: e.first_in(next(root.all("server")), "server_tokens off;"))
    assert lines_that_came(TEXT, made) == ["    server_tokens off;"]
    assert "server_name a;\n    server_tokens off;\n" in made


def test_a_block_on_one_line_stays_on_it() -> None:
    location = "    location / { proxy_buffering off; proxy_pass http://api; }  # all of it"
    made = changed(
        TEXT, lambda e, root: e.before(next(root.all("proxy_pass")), "proxy_buffering off;")
    )
    assert lines_that_came(TEXT, made) == [location]
    made = changed(TEXT, lambda e, root: e.first_in(next(root.all("location")), "gzip on;"))
    assert "location / { gzip on; proxy_pass" in made


def test_a_block_with_nothing_but_a_comment_can_be_filled() -> None:
    made = changed(TEXT, lambda e, root: e.first_in([*root.all("location")][1], "return 404;"))
    assert "location /x {\n        return 404;\n      # nothing yet" in made


def test_a_removed_block_takes_its_lines_and_the_empty_one_below() -> None:
    text = "upstream a {\n  server a;\n}\n\nserver {}\n"
    assert changed(text, lambda e, root: e.remove(root.own("upstream")[0])) == "server {}\n"


def test_a_directive_that_would_become_another_is_refused() -> None:
    def unclosed(editor: NginxEditor, root: Directive) -> None:
        editor.rewrite(next(root.all("listen")), "listen 81")

    with pytest.raises(RefusedError, match="touching more"):
        changed(TEXT, unclosed)
    with pytest.raises(RefusedError, match="not be readable"):
        changed(TEXT, lambda e, root: e.rewrite(next(root.all("listen")), "listen 81; }"))


NAMES = st.sampled_from(["listen", "root", "add_header", "proxy_pass", "return"])
ARGS = st.lists(st.sampled_from(["80", "/srv", '"a; b"', "'{'", "$host", "${x}y"]), max_size=3)
SIMPLE = st.builds(lambda name, args: f"{' '.join([name, *args])};", NAMES, ARGS)
LINES = st.one_of(SIMPLE, st.sampled_from(["# a comment; }", "", "   "]))
BLOCKS = st.recursive(
    LINES,
    lambda inner: st.builds(
        lambda name, body: "\n".join([f"{name} {{", *body, "}"]),
        st.sampled_from(["server", "location /", "location ~ \\.js$", "if ($x)"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=250, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=5), st.data())
def test_whatever_is_added_everything_else_stays_byte_for_byte(
    parts: list[str], data: st.DataObject
) -> None:
    text = "\n".join(parts) + "\n"
    root = nginx.parse(text, "x.conf")
    places = [*root.all("server", "location", "if", "listen", "root", "add_header", "return")]
    if not places:
        return
    one = data.draw(st.sampled_from(places))
    inside = one.block is not None and data.draw(st.booleans())
    editor = NginxEditor(text, root)
    (editor.first_in if inside else editor.before)(one, "gzip on;")
    made = spliced(text, editor.proved())
    (edit,) = editor.edits
    assert made[: edit.start] + made[edit.start + len(edit.text) :] == text
    assert edit.text.strip() == "gzip on;"
