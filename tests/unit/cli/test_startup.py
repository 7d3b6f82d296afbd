"""What a command loads decides how fast it is; counted in modules, not in milliseconds."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("pydantic", "rich", "jinja2", "websockets", "yaml", "starlette", "psycopg")
ROUNDS = 5
MOST_TIMES_SLOWER = 12.0  # click and the interpreter cost about 4 times an empty program


def loaded(code: str) -> set[str]:
    """The top-level names of the modules that a fresh interpreter has after ``code``."""
    told = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run((sys.executable, "-c", told), capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def heavy(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} & set(HEAVY)


def test_the_program_itself_loads_nothing_heavy() -> None:
    assert heavy(loaded("import hitless.cli.main")) == set()


@pytest.mark.parametrize("command", ["rollback", "status", "history", "logs", "recover"])
def test_a_command_that_reads_the_past_loads_nothing_heavy(command: str) -> None:
    modules = loaded(f"import hitless.cli.{command}")
    assert heavy(modules) == set()
    assert f"hitless.cli.{command}" in modules


def test_a_plain_rollback_loads_neither_click_nor_an_http_library() -> None:
    code = "import sys; sys.argv = ['hitless', 'rollback', '--to', 'v1']; sys.stderr = sys.stdout\n"
    code += "from hitless.cli.entry import run\ntry: run()\nexcept SystemExit: print()"
    modules = loaded(code)
    assert "hitless.cli.turn_back" in modules
    assert not modules & {"click", "http", "email", "ssl", "asyncio", "subprocess", "argparse"}
    # Of the records that it needs, so many dataclasses would take a fifth of its time.
    assert not modules & {"dataclasses", "inspect"}


def test_a_plain_audit_loads_neither_click_nor_what_only_other_commands_need(
    tmp_path: Path,
) -> None:
    (tmp_path / "compose.yml").write_text("services: {db: {image: postgres}}")
    code = f"import sys; sys.argv = ['hitless', 'audit', {str(tmp_path)!r}, '--format', 'gcc']\n"
    code += "from hitless.cli.entry import run\ntry: run()\nexcept SystemExit: print()"
    modules = loaded(code)
    assert "hitless.audit.rules.orchestration.public_data_port" in modules
    assert not modules & {"click", "hashlib", "shutil", "tempfile", "pydantic", "jinja2", "sqlite3"}


def test_a_rollback_loads_no_step_that_only_a_deploy_has() -> None:
    code = "import hitless.cli.rollback; from hitless.deploy.story import script; "
    modules = loaded(code + "from hitless.domain.journal import Kind; script(Kind.ROLLBACK)")
    assert "hitless.deploy.turn_back" in modules
    assert "hitless.deploy.blue_green" not in modules


def test_a_rollback_run_to_its_end_loads_nothing_heavy() -> None:
    code = """
import sys, tempfile
from pathlib import Path
from testing.service import Service
from hitless.deploy.deploy import deploy
from hitless.deploy.rollback import rollback
service = Service(Path(tempfile.mkdtemp()) / "shop")
deploy(service.process(), service.settings, version="v1")
service.make("two")
deploy(service.process(), service.settings, version="v2")
for name in [n for n in sys.modules if n.partition(".")[0] in ("jinja2", "markupsafe")]:
    del sys.modules[name]
rollback(service.process(), wait=True)
assert service.ask().body == b"hello one api"
"""
    assert heavy(loaded(code)) == set()


def test_help_costs_a_small_multiple_of_an_empty_program() -> None:
    empty = min(cpu("-c", "pass") for _ in range(ROUNDS))
    help_page = min(cpu("-m", "hitless", "--help") for _ in range(ROUNDS))
    assert help_page / empty < MOST_TIMES_SLOWER


def cpu(*arguments: str) -> float:
    """CPU seconds of a fresh interpreter; waiting for a busy machine does not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run((sys.executable, *arguments), capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
