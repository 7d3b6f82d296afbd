"""The pure parts of a verification: names, stand-ins, and what a model says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.adapters.memory.process import MemoryHost
from hitless.audit.repository import Repository
from hitless.documents.workflow import parse
from hitless.fix.verify import model
from hitless.fix.verify.owner import is_dead, name_of
from hitless.fix.verify.stand_ins import stand_ins
from hitless.fix.verify.workflows import script, unfit

if TYPE_CHECKING:
    from pathlib import Path

COMPOSE = "services: {api: {image: 'example/api:1.0', env_file: api.env, command: '%s'}}\n"


def made_up(files: dict[str, str], ignored: dict[str, str] | None = None) -> dict[str, str]:
    return stand_ins(Repository(MemoryFiles(files)), MemoryFiles(ignored or {}))


def test_an_example_stands_in_for_the_env_file_that_only_servers_have() -> None:
    files = {
        "compose.yml": COMPOSE % "${PORT:?} $${NOT:?}",
        ".env.example": "PORT=\nHOST=a",
        "api.env.sample": "A=1\n",
    }
    assert made_up(files) == {".env": "PORT=\nHOST=a\nPORT=stand-in", "api.env": "A=1\n"}


def test_this_machines_own_env_file_is_taken_as_it_is() -> None:
    files = {"compose.yml": COMPOSE % "${PORT:?}", ".env.example": "PORT=\n"}
    assert made_up(files, {".env": "HOST=b\n"})[".env"] == "HOST=b\n"


def test_no_stand_in_is_made_for_a_file_outside_or_without_an_example() -> None:
    text = "services: {api: {image: a, env_file: [../secret.env, /etc/x.env, lost.env]}}\n"
    assert made_up({"compose.yml": text}, {"../secret.env": "A=1\n", "/etc/x.env": "A=1\n"}) == {}


@pytest.mark.parametrize(
    ("test", "program"),
    [
        (["CMD", "curl", "-f", "x"], "curl"),
        (["CMD", "/bin/sh", "-c", "PORT=1 wget -q x | grep ok"], "wget"),
        (["CMD-SHELL", "pg_isready -U shop || exit 1"], "pg_isready"),
        (["CMD-SHELL", "(test -f /tmp/ok)"], "test"),
        (["CMD-SHELL", "! false"], "false"),
        (["CMD-SHELL", ""], ""),
        (["NONE"], ""),
        ([], ""),
    ],
)
def test_the_program_of_a_healthcheck_is_its_first(test: list[str], program: str) -> None:
    assert model.program(test) == program


def test_images_are_built_under_other_names_and_nowhere_else() -> None:
    build = {
        "context": "/x",
        "tags": ["example/api:1.0"],
        "cache_to": ["type=registry,ref=example/cache"],
        "labels": {"a": "b"},
        "secrets": [{"source": "pip"}],
    }
    told = {
        "services": {"Api": {"image": "example/api:1.0", "build": build}, "db": {"image": "x"}},
        "secrets": {"pip": {"file": "/dev/null"}},
        "volumes": {"data": {"name": "real-data"}},
    }
    assert model.to_build(told, "n") == {
        "name": "n",
        "services": {
            "Api": {
                "image": "n-api:verify",
                "build": {
                    "context": "/x",
                    "labels": {"a": "b", "io.hitless.verify": "n"},
                    "secrets": [{"source": "pip"}],
                },
            }
        },
        "secrets": {"pip": {"file": "/dev/null"}},
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("postgresql://a:b@real.example.org:5433/live", "postgresql://u:p@db:5432/d"),
        ("postgres://real/live?sslmode=require", "postgres://u:p@db:5432/d?sslmode=require"),
        ("postgresql+asyncpg://real", "postgresql+asyncpg://u:p@db:5432/d"),
        ("nats://nats:4222", "nats://nats:4222"),
    ],
)
def test_no_address_of_a_real_database_is_left(before: str, after: str) -> None:
    server = {"POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p", "POSTGRES_DB": "d"}
    assert model.with_database({"X": before}, "db", server) == {"X": after}


def test_only_what_the_copy_holds_is_mounted(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text("")
    bind: dict[str, Any] = {"type": "bind", "source": f"{tmp_path}/a.conf", "target": "/etc/a"}
    told = {
        "services": {
            "nginx": {
                "volumes": [
                    bind,
                    {"type": "bind", "source": "/etc/shadow", "target": "/etc/b"},
                    {"type": "volume", "source": "data", "target": "/data"},
                ],
                "configs": [{"source": "c", "target": "/etc/c"}],
                "secrets": [{"source": "s"}],
            }
        },
        "configs": {"c": {"file": f"{tmp_path}/a.conf"}},
    }
    mounted, absent = model.mounts(told, "nginx", tmp_path)
    assert [one.split("target=")[1] for one in mounted] == ["/etc/a,readonly", "/etc/c,readonly"]
    assert absent == ["/etc/b", "/run/secrets/s"]


def test_variables_reach_a_container_with_their_dollars_and_without_line_breaks() -> None:
    service = {"environment": {"A": "1$$2", "B": None, "C": "x\ny"}}
    assert model.env_file(model.environment(service)) == "A=1$2\n"


def test_a_name_tells_whether_its_process_still_runs() -> None:
    host = MemoryHost()
    own = host.process()
    assert not is_dead(f"{name_of(own)}-db", host)
    assert is_dead(name_of(own._replace(pid=own.pid + 1, started=1)), host)


@pytest.mark.parametrize(
    "name", ["shop-db", "hitless-verify-", "hitless-verify-x", "hitless-verify-otherhost-1-2-db"]
)
def test_what_may_be_somebody_elses_is_left_alone(name: str) -> None:
    assert not is_dead(name, MemoryHost())


@pytest.mark.parametrize(
    ("job", "why"),
    [
        ("environment: production, steps: [{run: make x}]", "not safe to run: it deploys"),
        ("services: {db: {image: x}}, steps: [{run: x}]", ""),
        (
            "env: {A: '${{ secrets.A }}'}, steps: [{run: x}]",
            "not run: its commands need values that only GitHub fills in",
        ),
        ("steps: [{run: make check}]", ""),
    ],
)
def test_a_job_that_a_container_cannot_play_is_not_run(job: str, why: str) -> None:
    file = parse(f"on: push\njobs: {{a: {{{job}}}}}\n", "ci.yml")
    assert unfit(file, file.jobs[0]) == why


def test_steps_run_in_their_folders_with_their_variables() -> None:
    step = "run: ls, working-directory: api, env: {A: 'it''s'}"
    text = f"on: push\nenv: {{A: a, B: b}}\njobs: {{a: {{env: {{C: c}}, steps: [{{{step}}}]}}}}\n"
    file = parse(text, "ci.yml")
    exports = "export A='it'\"'\"'s'; export B=b; export C=c; "
    expected = f"cp -r /given/. /work\nrm -f .env\n({exports}cd /work/api; ls\n)"
    assert script(file, file.jobs[0], (".env",)) == expected
