"""Dockerfiles are changed by instruction, and everything else stays byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitless.documents import dockerfile
from hitless.fix.dockerfile_edit import DockerfileEditor
from hitless.fix.edit import RefusedError, spliced

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.documents.dockerfile import Instruction

PATH = "Dockerfile"
ALL_KINDS = """\
# syntax=docker/dockerfile:1
# escape=`

FROM debian:13 AS base
RUN apt-get update && `
    # kept
    apt-get install -y curl

  COPY . /srv
RUN <<EOF
echo "FROM nothing"
EOF
CMD ["run"]
"""

WORDS = st.sampled_from(["app", "/srv", "a=1", "x y", "é", "'q'", '"q"', "$HOME", "-r"])
COMMENTS = st.sampled_from(["# a comment", "#", "   # FROM nothing", ""])
SIMPLE = st.builds(
    lambda keyword, words: f"{keyword} {' '.join(words)}",
    st.sampled_from(["ENV", "LABEL", "WORKDIR", "COPY", "run", "Expose", "USER"]),
    st.lists(WORDS, min_size=1, max_size=4),
)
HEREDOC = st.builds(
    lambda body: "RUN <<EOT\n" + "".join(f"{line}\n" for line in body) + "EOT",
    st.lists(st.sampled_from(["FROM x", "# y", "", "echo z \\"]), max_size=3),
)


def continued(escape: str) -> st.SearchStrategy[str]:
    apart = f" {escape}\n  "
    return st.builds(
        lambda words, comment: f"RUN one {escape}\n{comment}\n    {apart.join(words)}",
        st.lists(WORDS, min_size=1, max_size=3),
        st.sampled_from(["# between", "  # between"]),
    )


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    escape = draw(st.sampled_from(["\\", "`"]))
    head = ["# syntax=docker/dockerfile:1"] if draw(st.booleans()) else []
    head += [f"# escape={escape}"] if escape == "`" else []
    lines = st.one_of(SIMPLE, COMMENTS, HEREDOC, continued(escape))
    body = ["FROM debian:13 AS first", *draw(st.lists(lines, max_size=8))]
    if draw(st.booleans()):
        body += ["FROM first", *draw(st.lists(lines, max_size=4))]
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    end = draw(st.sampled_from(["", "\n"]))
    return newline.join("\n".join([*head, *body]).split("\n")) + (newline if end else "")


def changed(text: str, change: Callable[[DockerfileEditor], None]) -> str:
    editor = DockerfileEditor(text, PATH)
    change(editor)
    return spliced(text, editor.proved())


def instructions(text: str) -> list[Instruction]:
    return dockerfile.parse(text, PATH).instructions


def raw(text: str) -> list[str]:
    return [text[one.start : one.end].rstrip("\r\n") for one in instructions(text)]


@settings(max_examples=250, deadline=None)
@given(dockerfiles(), st.data())
def test_only_the_instruction_that_was_meant_gets_a_flag(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(instructions(text)) - 1))
    one = instructions(text)[at]
    made = changed(text, lambda editor: editor.add_flag(one, "--mount=type=cache,target=/x"))
    assert made.startswith(text[: one.start])
    assert made.endswith(text[one.end :])
    assert made.replace(" --mount=type=cache,target=/x", "", 1) == text
    assert instructions(made)[at].flags["mount"] == ["type=cache,target=/x"]


@settings(max_examples=250, deadline=None)
@given(dockerfiles(), st.data())
def test_new_instructions_stand_beside_one_and_move_nothing(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(instructions(text)) - 1))
    one = instructions(text)[at]
    below = data.draw(st.booleans())

    def change(editor: DockerfileEditor) -> None:
        (editor.after if below else editor.before)(one, "ENV NEW=1", "# told", "USER 10001")

    if not below and at == 0:
        with pytest.raises(RefusedError, match="would not be readable"):
            changed(text, change)
        return
    made = changed(text, change)
    place = at + 1 if below else at
    assert raw(made)[:place] + raw(made)[place + 2 :] == raw(text)
    assert [line.strip() for line in raw(made)[place : place + 2]] == ["ENV NEW=1", "USER 10001"]
    assert ("\r\n" in made) == ("\r\n" in text)


@settings(max_examples=250, deadline=None)
@given(dockerfiles(), st.data())
def test_an_instruction_is_replaced_or_removed_alone(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(instructions(text)) - 1))
    one = instructions(text)[at]
    if one.keyword == "FROM":
        return
    try:
        replaced = changed(text, lambda editor: editor.rewrite(one, "USER 10001"))
        removed = changed(text, lambda editor: editor.remove(one))
    except RefusedError as error:
        assert "comments between its parts" in str(error)  # noqa: PT017  # others are faults
        return
    assert raw(replaced)[:at] + raw(replaced)[at + 1 :] == raw(text)[:at] + raw(text)[at + 1 :]
    assert raw(replaced)[at].strip() == "USER 10001"
    assert raw(removed) == raw(text)[:at] + raw(text)[at + 1 :]


def test_a_file_of_every_kind_keeps_what_was_not_meant() -> None:
    run = instructions(ALL_KINDS)[1]
    made = changed(ALL_KINDS, lambda editor: editor.extend(run, " && rm -rf /var/lib/apt/lists/*"))
    wanted = "apt-get install -y curl && rm -rf /var/lib/apt/lists/*"
    assert made == ALL_KINDS.replace("apt-get install -y curl", wanted)


def test_the_last_line_may_lack_its_line_break() -> None:
    text = "FROM debian:13\nCMD run"
    command = instructions(text)[1]
    assert changed(text, lambda e: e.extend(command, " fast")) == "FROM debian:13\nCMD run fast"
    assert changed(text, lambda e: e.after(command, "USER 1")) == f"{text}\nUSER 1"


def test_comments_between_the_parts_of_an_instruction_are_not_lost() -> None:
    run = instructions(ALL_KINDS)[1]
    with pytest.raises(RefusedError, match="comments between its parts"):
        changed(ALL_KINDS, lambda editor: editor.rewrite(run, "RUN true"))


def test_nothing_is_written_behind_a_heredoc() -> None:
    run = instructions(ALL_KINDS)[3]
    with pytest.raises(RefusedError, match="heredoc"):
        changed(ALL_KINDS, lambda editor: editor.extend(run, " && true"))


def test_an_edit_that_swallows_the_next_instruction_is_refused() -> None:
    text = "FROM debian:13\nRUN one\nRUN two\n"
    run = instructions(text)[1]
    with pytest.raises(RefusedError, match="touching more"):
        changed(text, lambda editor: editor.rewrite(run, "RUN one \\"))


def test_a_pattern_that_is_not_written_there_is_refused() -> None:
    run = instructions(ALL_KINDS)[1]
    with pytest.raises(RefusedError, match="unusual way"):
        changed(ALL_KINDS, lambda editor: editor.substitute(run, "&& apt-get", "x"))
