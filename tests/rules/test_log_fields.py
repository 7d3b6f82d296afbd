"""The formatter that a fix adds is run, beside loggers with handlers of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.registry import rules
from hitless.domain.finding import Persona
from hitless.fix.plan import FixPlan, Wish, plan

if TYPE_CHECKING:
    from pathlib import Path

RULES = rules()
APP = '"""A shop."""\n\nfrom fastapi import FastAPI\n\napp = FastAPI()  # all of it\n'
BUILT = {
    "compose.yml": "services:\n  api: {build: .}\n",
    "Dockerfile": "FROM python:3.13-slim\nCOPY . .\n",
}
TOLD = """
import logging, sys
sys.path.insert(0, sys.argv[1])
for name in ("uvicorn", "uvicorn.access"):
    logging.getLogger(name).addHandler(logging.StreamHandler(sys.stdout))
    logging.getLogger(name).setLevel("INFO")
from shop.json_logs import configure_logs
configure_logs()
logging.getLogger("uvicorn.access").info("%s asked", "somebody")
logging.getLogger("shop").info("nobody set this level")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("shop").exception("broken\\nin two lines", extra={"order": 7, "of": {1}})
"""


def fixed(texts: dict[str, str]) -> FixPlan:
    wish = Wish("2026-01-01", frozenset(("MO05",)), unsafe=True, persona=Persona.PEDANTIC)
    return plan(MemoryFiles({**BUILT, **texts}), RULES, wish)


def made(texts: dict[str, str]) -> dict[str, str]:
    return {one.path: one.after for one in fixed(texts).files}


def test_what_is_logged_becomes_one_object_a_line_and_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    text = made({"shop/main.py": APP})["shop/json_logs.py"]
    (tmp_path / "shop" / "json_logs.py").write_text(text)
    output = subprocess.run(
        [sys.executable, "-c", TOLD, str(tmp_path)], capture_output=True, text=True, check=True
    )
    access, broken = (json.loads(line) for line in output.stdout.splitlines())
    assert output.stderr == ""
    assert access.pop("time").endswith("Z")
    assert access == {"level": "INFO", "logger": "uvicorn.access", "message": "somebody asked"}
    assert (broken["order"], broken["of"]) == (7, "{1}")
    assert broken["message"] == "broken\nin two lines"
    assert broken["exception"].endswith("ZeroDivisionError: division by zero")


@pytest.mark.parametrize("broken", ["\n", "\r\n"])
def test_it_is_turned_on_before_the_application_is_made_and_the_rest_stays(broken: str) -> None:
    wanted = (
        '"""A shop."""\n\nfrom fastapi import FastAPI\nfrom shop.json_logs import configure_logs\n'
        "\nconfigure_logs()\n\napp = FastAPI()  # all of it\n"
    )
    text = made({"shop/main.py": APP.replace("\n", broken)})["shop/main.py"]
    assert text == wanted.replace("\n", broken)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({"app.py": "print()\n"}, "no application of FastAPI"),
        ({"app.py": APP, "json_logs.py": ""}, "json_logs.py is there already"),
        (
            {"app.py": APP, "own.py": "logging.basicConfig(level=20)\n"},
            "own.py configures the logs",
        ),
        ({"app.py": f'X = """\n{APP}"""\n'.replace('"""A shop."""', "")}, "makes no application"),
    ],
)
def test_what_is_no_fastapi_or_has_logs_of_its_own_is_left(
    texts: dict[str, str], reason: str
) -> None:
    found = fixed(texts)
    assert found.files == ()
    assert reason in found.told[0].refusals[0].reason


def test_the_file_of_migrations_is_another_program() -> None:
    assert made({"app.py": APP, "migrations/env.py": "fileConfig('alembic.ini')\n"})
