"""Dockerfiles are split as the builder splits them."""

from __future__ import annotations

from hitless.documents.dockerfile import parse
from hitless.documents.ignore_file import parse as parse_ignore

FILE = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.13
FROM python:${VERSION}-slim AS build
RUN --mount=type=cache,target=/root/.cache \\
    # a comment between
    pip install \\

    -r requirements.txt
RUN <<EOF
echo one
EOF
FROM build AS unused
FROM debian:13
COPY --from=build --chown=1:1 /a /b
CMD ["a", "b c"]
"""


def test_continuations_comments_and_heredocs_belong_to_their_instruction() -> None:
    file = parse(FILE, "Dockerfile")
    run, here = (one for one in file.instructions if one.keyword == "RUN")
    assert (run.text, run.line, run.last) == ("pip install -r requirements.txt", 4, 8)
    assert run.flag("mount") == "type=cache,target=/root/.cache"
    assert (here.heredocs, here.line, here.last) == (["echo one"], 9, 11)


def test_spans_cover_the_text_of_each_instruction() -> None:
    for one in parse(FILE, "Dockerfile").instructions:
        text = FILE[one.start : one.end]
        assert text.startswith(one.keyword)
        assert text.count("\n") == one.last - one.line + 1


def test_stages_know_what_they_need() -> None:
    file = parse(FILE, "Dockerfile")
    build, unused, last = file.stages
    assert build.base == "python:3.13-slim"
    assert file.stage("") is last
    assert file.stage("UNUSED") is unused
    assert file.needed(last) == [build, last]
    assert file.lineage(unused) == [unused, build]
    copy = next(last.of("COPY"))
    assert (copy.sources(), copy.destination(), copy.flag("chown")) == (["/a"], "/b", "1:1")
    assert next(last.of("CMD")).words == ["a", "b c"]


def test_the_escape_directive_is_obeyed() -> None:
    file = parse("# escape=`\nFROM a\nRUN one `\n  two\n", "Dockerfile")
    assert file.instructions[-1].text == "one two"


def test_the_last_pattern_that_fits_decides() -> None:
    ignored = parse_ignore(
        "# no\n**/.env*\n!**/.env.example\nnode_modules\n*.log\n", ".dockerignore"
    )
    left_out = [".env", "a/b/.env.local", "node_modules/x/y", "a.log"]
    kept = [".env.example", "a/.env.example", "a/node_modules/x", "a/b.log", "env"]
    assert all(ignored.leaves_out(one) for one in left_out)
    assert not any(ignored.leaves_out(one) for one in kept)
