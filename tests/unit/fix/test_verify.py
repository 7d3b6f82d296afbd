"""What `hitless fix --verify` tries, in which order, and what it makes of each answer."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.clock import MemoryClock
from hitless.adapters.memory.files import MemoryFiles
from hitless.adapters.memory.process import MemoryInterrupts
from hitless.adapters.memory.programs import MemoryPrograms
from hitless.adapters.repository_writer import DirectoryTree
from hitless.audit.repository import Repository
from hitless.domain.container import Output
from hitless.domain.errors import Interrupted
from hitless.domain.proof import Proof, Standing
from hitless.fix.verify import composes, migrations
from hitless.fix.verify.bench import PULL_SECONDS, Attempt, Bench
from hitless.fix.verify.verify import verify

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

NAME = "hitless-verify-here-7-70"
COMPOSE = """\
services:
  db: {image: "postgres:17", environment: {POSTGRES_USER: shop, POSTGRES_PASSWORD: own}}
  api:
    build: ./api
    command: alembic -c db.ini upgrade head
    environment: {DATABASE_URL: "postgresql+asyncpg://shop:own@db:5432/shop?ssl=off"}
    healthcheck: {test: [CMD, curl, -f, "http://localhost:8000/ready"]}
  nginx:
    image: nginx:1.27
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
"""
MODEL = {
    "services": {
        "db": {
            "image": "postgres:17",
            "environment": {"POSTGRES_USER": "shop", "POSTGRES_PASSWORD": "own"},
        },
        "api": {
            "build": {"context": "/x/api", "dockerfile": "Dockerfile"},
            "command": ["alembic", "-c", "db.ini", "upgrade", "head"],
            "environment": {"DATABASE_URL": "postgresql+asyncpg://shop:own@db:5432/shop?ssl=off"},
            "healthcheck": {"test": ["CMD", "curl", "-f", "http://localhost:8000/ready"]},
        },
        "nginx": {"image": "nginx:1.27", "hostname": "front"},
    }
}
WORKFLOW = """\
on: [push]
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: "3.13"}
      - run: python -m unittest
"""
REVISION = "revision = 'a1'\ndown_revision = None\ndef upgrade(): pass\ndef downgrade(): pass\n"
FILES = {
    "compose.yml": COMPOSE,
    "api/Dockerfile": "FROM python:3.13-slim\n",
    "api/alembic/versions/a1.py": REVISION,
    "nginx.conf": "events {}\nhttp { upstream a { server api:8000; server out.example.org; } }\n",
    ".github/workflows/ci.yml": WORKFLOW,
    "alerts.yml": "groups:\n  - name: a\n    rules:\n      - alert: Down\n        expr: up == 0\n",
}


@pytest.fixture
def programs() -> MemoryPrograms:
    """An engine on which everything goes well."""
    made = MemoryPrograms(MemoryClock())
    made.ends = {
        "docker": Output(0, ""),
        "promtool": Output(0, "SUCCESS\n"),
        "docker compose * config *": Output(0, f"a warning {{x}}\n{json.dumps(MODEL, indent=1)}"),
    }
    return made


class Trial:
    """A verification of a repository in memory."""

    def __init__(self, programs: MemoryPrograms, aside: Path) -> None:
        self.programs, self.aside = programs, aside
        self.interrupts = MemoryInterrupts()
        self.seen: list[str] = []

    def run(self, files: dict[str, str] = FILES, *, run_checks: bool = False) -> list[Proof]:
        aside = self.aside / str(len(self.seen))
        aside.mkdir()
        bench = Bench(
            Repository(MemoryFiles(files)),
            self.aside,
            aside,
            self.programs,
            DirectoryTree(aside),
            NAME,
            run_checks=run_checks,
        )
        return verify(bench, self._watch, lambda name: "-dead-" in name, self.interrupts)

    def end(self, command: str, code: int, text: str) -> None:
        """Let a command end so, before all others."""
        others = {line: how for line, how in self.programs.ends.items() if line != command}
        self.programs.ends = {command: Output(code, text), **others}

    def _watch(self, attempt: Attempt) -> AbstractContextManager[None]:
        self.seen.append(attempt.check)
        return nullcontext()

    def ran(self, *words: str) -> list[str]:
        return [line for line, _ in self.programs.ran if all(word in line for word in words)]


@pytest.fixture
def trial(programs: MemoryPrograms, tmp_path: Path) -> Trial:
    return Trial(programs, tmp_path)


def answers(proofs: list[Proof]) -> dict[str, tuple[Standing, str]]:
    return {one.check: (one.standing, one.reason) for one in proofs}


def test_everything_is_tried_in_the_order_in_which_it_builds_on_each_other(trial: Trial) -> None:
    proofs = trial.run()
    assert trial.seen == [
        "compose resolves",
        "images build",
        "nginx -t",
        "healthcheck programs exist",
        "migrations up, down one, up",
        "workflow commands exist",
        "workflow commands pass",
        "alert rules",
    ]
    unproved = [one.check for one in proofs if one.standing is not Standing.PROVED]
    assert unproved == ["workflow commands pass"]


@pytest.mark.parametrize(
    ("check", "command", "printed", "reason"),
    [
        ("images build", "docker compose * build api", "no such file", "its build fails"),
        ("nginx -t", "docker run * nginx -t", "unknown directive", "nginx refuses"),
        ("healthcheck programs exist", "docker run * sh curl", "", "curl is not in the image"),
        ("migrations up, down one, up", "docker run * downgrade -1", "no type", "down one fails"),
        ("alert rules", "promtool *", "bad expression", "Prometheus refuses it"),
        ("compose resolves", "docker compose * config *", "no such file", "Compose cannot resolve"),
    ],
)
def test_what_fails_is_told_with_the_end_of_its_output_and_the_next_command(
    trial: Trial, check: str, command: str, printed: str, reason: str
) -> None:
    trial.end(command, 1, f"{'x ' * 9}\n" * 99 + printed)
    (proof,) = [one for one in trial.run() if one.check == check]
    assert proof.standing is Standing.FAILED
    assert reason in proof.reason
    assert len(proof.output) <= 15
    assert printed in " ".join(proof.output[-1:])
    assert proof.hint


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        (
            "ERROR: failed to resolve source metadata for docker.io/library/python:3.12: dial tcp",
            "no registry for base image docker.io/library/python:3.12",
        ),
        ("pip: Temporary failure in name resolution", "its build needs the network"),
    ],
)
def test_an_image_that_cannot_be_built_for_want_of_a_network_has_not_failed(
    trial: Trial, printed: str, reason: str
) -> None:
    trial.end("docker compose * build api", 1, printed)
    found = answers(trial.run())
    assert found["images build"][0] is Standing.NOT_CHECKED
    assert reason in found["images build"][1]
    for check in ("healthcheck programs exist", "migrations up, down one, up"):
        assert found[check] == (Standing.NOT_CHECKED, "the image of api was not built")


def test_an_image_that_cannot_be_had_is_named(trial: Trial) -> None:
    trial.end("docker image inspect * nginx:1.27", 1, "")
    trial.end("docker pull *", 1, "")
    expected = (Standing.NOT_CHECKED, "image nginx:1.27 is not here and cannot be pulled")
    assert answers(trial.run())["nginx -t"] == expected


def test_without_an_engine_the_files_alone_are_checked(trial: Trial) -> None:
    trial.programs.ends["docker version *"] = Output(1, "Cannot connect")
    found = answers(trial.run())
    for check in ("images build", "nginx -t"):
        assert found[check] == (Standing.NOT_CHECKED, "no engine: docker does not answer")
    assert found["workflow commands exist"][0] is Standing.PROVED


def test_without_any_tool_nothing_is_taken_for_proved(trial: Trial) -> None:
    trial.programs.ends = {}
    found = answers(trial.run())
    assert found["compose resolves"] == (Standing.NOT_CHECKED, "docker is not installed")
    assert found["alert rules"] == (Standing.NOT_CHECKED, "promtool is not installed")
    expected = (Standing.NOT_CHECKED, "Compose did not tell what it consists of")
    assert found["images, nginx, healthchecks, migrations"] == expected


@pytest.mark.parametrize(
    ("command", "limit", "check"),
    [
        ("docker compose * build api", composes.BUILD_SECONDS, "images build"),
        ("docker compose * config *", 30.0, "compose resolves"),
        ("docker run * nginx -t", 30.0, "nginx -t"),
        ("docker run * sh curl", 30.0, "healthcheck programs exist"),
        ("docker run * upgrade head", migrations.MIGRATION_SECONDS, "migrations up, down one, up"),
        ("docker exec *", migrations.READY_SECONDS, "migrations up, down one, up"),
        ("promtool *", 30.0, "alert rules"),
    ],
)
def test_what_hangs_is_given_up_and_told_without_its_command_line(
    trial: Trial, command: str, limit: float, check: str
) -> None:
    trial.programs.takes[command] = limit + 1.0
    standing, reason = answers(trial.run())[check]
    assert standing is Standing.NOT_CHECKED
    assert reason.endswith(f"{command.partition(' ')[0]} took longer than {limit:g} s")


def test_a_registry_that_hangs_is_asked_once_for_an_image(trial: Trial) -> None:
    trial.programs.ends["docker image inspect * nginx:1.27"] = Output(1, "")
    trial.programs.takes["docker pull *"] = PULL_SECONDS + 1.0
    twice = {**MODEL["services"], "nginx2": MODEL["services"]["nginx"]}
    told = Output(0, json.dumps({"services": twice}))
    trial.programs.ends["docker compose * config *"] = told
    found = [one for one in trial.run() if one.check == "nginx -t"]
    assert {one.standing for one in found} == {Standing.NOT_CHECKED}
    assert len(found) == 2
    assert len(trial.ran("docker pull")) == 1


def test_a_certificate_that_the_server_holds_is_no_failure(trial: Trial, tmp_path: Path) -> None:
    mount = {"type": "bind", "source": str(tmp_path / "certs"), "target": "/etc/certs"}
    nginx = {"image": "nginx:1.27", "volumes": [mount]}
    trial.programs.ends |= {
        "docker compose * config *": Output(0, json.dumps({"services": {"nginx": nginx}})),
        "docker run * nginx -t": Output(1, 'cannot load certificate "/etc/certs/own.pem": BIO_new'),
    }
    expected = "/etc/certs/own.pem comes from the server and is not in the repository"
    assert answers(trial.run())["nginx -t"] == (Standing.NOT_CHECKED, expected)
    assert not trial.ran("nginx -t", "target=/etc/certs")


def test_nginx_finds_its_upstreams_and_nobody_else(trial: Trial) -> None:
    trial.run()
    (line,) = trial.ran("nginx -t")
    for host in ("api", "db", "front", "out.example.org"):
        assert f"--add-host={host}:127.0.0.1" in line
    assert "--network=none" in line


def test_migrations_meet_an_empty_server_of_their_own_and_no_other(
    trial: Trial, tmp_path: Path
) -> None:
    trial.run()
    rounds = [line.partition("db.ini ")[2] for line in trial.ran("--entrypoint=alembic")]
    assert rounds == ["upgrade head", "downgrade -1", "upgrade head"]
    (network,) = trial.ran("network create")
    assert "--internal" in network
    variables = [one.read_text() for one in tmp_path.rglob("*.txt")]
    address = "postgresql+asyncpg://shop:throw-away@db:5432/shop?ssl=off"
    assert f"DATABASE_URL={address}\n" in variables
    assert not any(":own@" in line for line, _ in trial.programs.ran)


def test_a_shell_check_in_an_image_without_a_shell_has_failed(trial: Trial) -> None:
    trial.end(
        "docker run *--entrypoint=sh *", 127, 'exec: "sh": executable file not found in $PATH'
    )
    standing, reason = answers(trial.run())["healthcheck programs exist"]
    assert (standing, reason) == (
        Standing.NOT_CHECKED,
        "the image has no shell with which to look for curl",
    )
    shell = {"image": "nats:2", "healthcheck": {"test": ["CMD-SHELL", "wget -q x || exit 1"]}}
    model = json.dumps({"services": {"nats": shell}})
    trial.programs.ends["docker compose * config *"] = Output(0, model)
    standing, reason = answers(trial.run())["healthcheck programs exist"]
    assert (standing, reason) == (
        Standing.FAILED,
        "its healthcheck needs a shell, and the image has none",
    )


def test_commands_of_workflows_run_only_when_asked_for(trial: Trial) -> None:
    standing, reason = answers(trial.run())["workflow commands pass"]
    assert standing is Standing.NOT_CHECKED
    assert "ask with --run-checks; it needs the network" in reason
    assert not trial.ran("python -m unittest")
    assert answers(trial.run(run_checks=True))["workflow commands pass"][0] is Standing.PROVED
    (line,) = trial.ran("python -m unittest")
    assert "python:3.13-slim bash -e" in line  # the project's own base


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("docker push example/api", "not safe to run: docker reaches out of the container"),
        ("deploy ${{ secrets.KEY }}", "need values that only GitHub fills in"),
    ],
)
def test_commands_that_reach_out_are_never_run(trial: Trial, step: str, reason: str) -> None:
    text = WORKFLOW.replace("python -m unittest", step)
    proofs = trial.run({**FILES, ".github/workflows/ci.yml": text}, run_checks=True)
    standing, why = answers(proofs)["workflow commands pass"]
    assert standing is Standing.NOT_CHECKED
    assert reason in why
    assert not trial.ran(step)


@pytest.mark.parametrize(
    ("code", "printed", "standing"),
    [
        (127, "bash: line 3: pipx: command not found\n", Standing.NOT_CHECKED),
        (1, "bash: line 3: pipx: command not found\n2 tests failed\n", Standing.FAILED),
    ],
)
def test_a_red_job_has_failed_unless_the_container_lacks_a_program(
    trial: Trial, code: int, printed: str, standing: Standing
) -> None:
    trial.end("docker run * bash -e *", code, printed)
    assert answers(trial.run(run_checks=True))["workflow commands pass"][0] is standing


@pytest.mark.parametrize(("code", "standing"), [(0, Standing.PROVED), (1, Standing.NOT_CHECKED)])
def test_a_job_that_may_miss_its_service_containers_can_be_proved_but_not_refuted(
    trial: Trial, code: int, standing: Standing
) -> None:
    trial.end("docker run * bash -e *", code, "connection refused")
    text = WORKFLOW.replace("    steps:", "    services: {db: {image: postgres}}\n    steps:")
    proofs = trial.run({**FILES, ".github/workflows/ci.yml": text}, run_checks=True)
    assert answers(proofs)["workflow commands pass"][0] is standing


def test_a_workflow_that_calls_what_is_not_there_has_failed(trial: Trial) -> None:
    text = WORKFLOW.replace("python -m unittest", "make check")
    (proof,) = [
        one
        for one in trial.run({**FILES, ".github/workflows/ci.yml": text})
        if one.check == "workflow commands exist"
    ]
    assert proof.standing is Standing.FAILED
    assert proof.output == ("line 8: make check is called here and does not exist",)


def test_what_was_made_is_removed_and_what_a_killed_run_left(trial: Trial) -> None:
    names = (
        f"{NAME}-db\n{NAME}0-db\nhitless-verify-dead-1-2-db\nhitless-verify-other-3-4-db\nshop-db\n"
    )
    trial.programs.ends["docker ps *"] = Output(0, names)
    trial.run()
    removed = [line.partition("--volumes ")[2] for line in trial.ran("docker rm")]
    assert set(removed) == {"hitless-verify-dead-1-2-db", f"{NAME}-db"}
    assert removed[-1] == f"{NAME}-db"


def test_what_was_made_is_removed_when_the_user_stops_it(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.programs.ends["docker ps *"] = Output(0, f"{NAME}-health\n")

    def stopped(_attempt: Attempt) -> AbstractContextManager[None]:
        raise Interrupted("stopped by SIGINT")

    monkeypatch.setattr(trial, "_watch", stopped)
    with pytest.raises(Interrupted):
        trial.run()
    assert trial.ran(f"docker rm --force --volumes {NAME}-health")
