"""A README tells how to start, with commands that are there and nothing that is made up."""

from __future__ import annotations

import json
import subprocess

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.pages import commands
from hitless.audit.registry import rules
from hitless.fix.plan import FixPlan, Wish, plan

RULES = rules()
PYTHON = "FROM python:3.13-slim\nEXPOSE 8000/tcp 9000\nCMD [x]\n"
BUILT = {"compose.yml": "services:\n  api: {build: .}\n", "Dockerfile": PYTHON}


def fixed(texts: dict[str, str], name: str = "shop") -> FixPlan:
    return plan(MemoryFiles(texts), RULES, Wish("2026-01-01", frozenset(("DO01",)), name=name))


def page(texts: dict[str, str], path: str = "README.md", name: str = "shop") -> str:
    return next(one.after for one in fixed(texts, name).files if one.path == path)


def typed(texts: dict[str, str]) -> list[str]:
    return [line for _, line in commands(page(texts))]


@pytest.mark.parametrize(
    "readme", ["# Shop\n\nA shop.\n", "# Shop\n\nA shop.", "\ufeff# Über\r\n\r\nText.\r\n", ""]
)
def test_what_the_readme_tells_stays_and_the_section_comes_below(readme: str) -> None:
    made = page({**BUILT, "README.md": readme})
    assert made.startswith(readme)
    broken = "\r\n" if "\r" in readme else "\n"
    assert f"{broken}## Quick start{broken}" in f"{broken}{made}"
    assert ("\n" in made.replace("\r\n", "")) is ("\r" not in readme)
    assert fixed({**BUILT, "README.md": made}).files == ()


def test_a_repository_without_a_readme_gets_one_of_its_name() -> None:
    assert page(BUILT).startswith("# shop\n\n## Quick start\n")
    named = {**BUILT, "compose.yml": f"name: tickets\n{BUILT['compose.yml']}"}
    assert page(named).startswith("# tickets\n")


def test_compose_is_asked_with_the_files_and_the_env_file_that_it_needs() -> None:
    assert typed(BUILT) == ["docker compose up --build --detach"]
    texts = {
        "ops/compose.yml": "services:\n  api: {build: .., env_file: .env}\n",
        "ops/compose.prod.yml": "services:\n  api: {restart: always}\n",
        "ops/.env.example": "TOKEN=\n",
        "Dockerfile": PYTHON,
    }
    assert typed(texts) == [
        "cp ops/.env.example ops/.env  # fill in what is empty",
        "docker compose --file ops/compose.yml --file ops/compose.prod.yml up --build --detach",
    ]


def test_a_published_page_is_named() -> None:
    ports = BUILT["compose.yml"].replace("build: .", "build: ., ports: ['8080:8000']")
    assert "Then open <http://127.0.0.1:8080/>.\n" in page({**BUILT, "compose.yml": ports})
    assert "Then open" not in page(BUILT)


def test_an_image_is_built_and_run_with_the_ports_that_it_exposes() -> None:
    assert typed({"Dockerfile": PYTHON}) == [
        "docker build --tag shop --file Dockerfile .",
        "docker run --rm --publish 127.0.0.1:8000:8000 --publish 127.0.0.1:9000:9000 shop",
    ]


def test_a_package_is_installed_and_tried() -> None:
    package = {"scripts": {"test": "vitest run"}, "dependencies": {"vue": "3"}}
    texts = {"web/package.json": json.dumps(package), "web/package-lock.json": "{}"}
    assert typed(texts) == ["(cd web && npm ci && npm run test)"]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({**BUILT, "README.rst": "Shop\n====\n"}, "README.rst is not Markdown"),
        ({"package.json": '{"dependencies": {"vue": "3"}}'}, "nothing in this repository tells"),
        ({"a;b/Dockerfile": PYTHON}, "nothing in this repository tells"),
    ],
)
def test_where_nothing_is_known_nothing_is_told(texts: dict[str, str], reason: str) -> None:
    found = fixed(texts)
    assert found.files == ()
    assert reason in found.told[0].refusals[0].reason


@pytest.mark.parametrize("texts", [BUILT, {"Dockerfile": PYTHON}])
def test_every_command_is_one_that_a_shell_takes(texts: dict[str, str]) -> None:
    script = "\n".join(typed(texts))
    assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0
