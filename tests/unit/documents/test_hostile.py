"""Whatever stands in a file: it is read, or refused with its line. Nothing else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.audit.repository import Repository
from hitless.documents import (
    alembic,
    compose,
    dockerfile,
    env_file,
    ignore_file,
    manifests,
    nginx,
    targets,
    workflow,
    yaml_tree,
)
from hitless.domain.errors import DocumentInvalid
from hitless.domain.finding import Persona

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = rules()
READERS: list[Callable[[str], object]] = [
    lambda text: yaml_tree.parse_all(text, "f"),
    lambda text: compose.load(("f",), lambda _: text, {}),
    lambda text: dockerfile.parse(text, "f"),
    lambda text: ignore_file.parse(text, "f").leaves_out("a/b"),
    lambda text: workflow.parse(text, "f"),
    lambda text: workflow.parse_gitlab(text, "f"),
    lambda text: nginx.parse(text, "f"),
    lambda text: alembic.parse(text, "f"),
    lambda text: env_file.parse(text, "f"),
    lambda text: manifests.package_json(text, "f"),
    lambda text: manifests.pyproject(text, "f"),
    lambda text: manifests.uv_lock(text, "f"),
    lambda text: manifests.requirements(text, "f"),
    lambda text: manifests.go_mod(text, "f"),
    targets.makefile,
    targets.justfile,
]
PIECES = st.sampled_from(
    [
        "services: ",
        " api: ",
        " web:",
        " image: x",
        " - ",
        " {} ",
        " [ ] ",
        " &a ",
        " *a ",
        " <<: ",
        " ${A:-b} ",
        " ${ ",
        " FROM ",
        " RUN ",
        " <<E ",
        " COPY --from=0 ",
        " \\ ",
        " \n ",
        " \n  ",
        " \n    ",
        " \t ",
        " build: . ",
        " ports: ",
        " '80:80' ",
        " extends: ",
        " include: ",
        " depends_on: ",
        " server { ",
        " } ",
        " ; ",
        " location / ",
        " proxy_pass ",
        " on: ",
        " jobs: ",
        " steps: ",
        " run: ",
        " def upgrade(): ",
        " revision = '1' ",
        " op.drop_table('a') ",
        " # ",
        " ' ",
        ' " ',
        " : ",
        " null ",
        " command: ",
        " 1 ",
        " volumes: ",
        " healthcheck: ",
        " test: ",
        " environment: ",
        " A=1 ",
        " deploy: ",
        " \x00 ",
        " é",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=200))
NAMES = (
    "compose.yml",
    "Dockerfile",
    ".github/workflows/ci.yml",
    "nginx/default.conf",
    "migrations/versions/a.py",
    "package.json",
    "pyproject.toml",
    ".github/dependabot.yml",
    ".env.example",
    "Makefile",
    "README.md",
    "k8s/a.yml",
)


def problem(reader: int, text: str) -> DocumentInvalid | None:
    try:
        READERS[reader](text)
    except DocumentInvalid as refused:
        return refused
    return None


@pytest.mark.parametrize("reader", range(len(READERS)))
@given(text=TEXTS)
def test_any_text_is_read_or_refused_with_its_line(reader: int, text: str) -> None:
    refused = problem(reader, text)
    if refused is not None:
        assert refused.path == "f"
        assert 1 <= refused.line <= text.count("\n") + text.count("\r") + 2


@given(texts=st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=6))
def test_no_rule_crashes_on_any_repository(texts: dict[str, str]) -> None:
    repository = Repository(MemoryFiles(texts))
    report = audit(repository, RULES, today="2026-01-01", persona=Persona.PEDANTIC)
    assert {one.place.path for one in report.findings} <= {*texts, "."}


@pytest.mark.parametrize("opened", ["[", "- ", "{a: ", "? ", "a: {"])
@pytest.mark.parametrize("times", [100, 200_000])
def test_deep_yaml_is_refused_and_the_process_lives(opened: str, times: int) -> None:
    with pytest.raises(DocumentInvalid, match="f:1: not YAML"):
        yaml_tree.parse(opened * times, "f")


def test_ten_lines_that_mean_billions_of_values_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(DocumentInvalid, match="more than 20000 values"):
        yaml_tree.parse("\n".join(lines), "f")


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        ({"compose.yml": "services:\n  api: {image: [\n"}, 3),
        ({"compose.yml": "services:\n  a: {extends: b}\n"}, 2),
        ({"Dockerfile": "FROM a\nRUN <<E\nx\n"}, 2),
        ({"Dockerfile": "FROM a\nFORM b\n"}, 2),
        ({"nginx.conf": "server {\n listen 80;\n"}, 3),
        ({".github/workflows/a.yml": "on: push\njobs: {a: *b}\n"}, 2),
        ({"package.json": '{\n"a": }'}, 2),
        ({"pyproject.toml": "[project]\nname =\n"}, 2),
        ({"m/versions/a.py": "down_revision = 1\ndef (:\n"}, 2),
    ],
)
def test_a_broken_file_is_one_finding_at_its_line(texts: dict[str, str], line: int) -> None:
    rule = next(one for one in RULES if one.id == "RE01")
    report = audit(Repository(MemoryFiles(texts)), [rule], today="2026-01-01")
    assert [(one.place.path, one.place.line) for one in report.findings] == [(*texts, line)]
