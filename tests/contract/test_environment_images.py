"""The base images, originals or stand-ins: one suite, what a stack may rely on."""

import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

NGINX = "nginxinc/nginx-unprivileged:1.27-alpine"
NODE = "node:22-slim"
NATS = "nats:2.10-alpine"
REDIS = "redis:8-alpine"
POSTGRES = "pgvector/pgvector:pg17"
PYTHON = "python:3.13-slim-trixie"
SCRATCH = "/tmp"  # noqa: S108  # a place inside the container, as the image documents it
LABEL = "io.hitless.service=environment-test"

Start = Callable[..., str]


def docker(*arguments: str) -> str:
    done = subprocess.run(
        ("docker", *arguments), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def eventually(container: str, *command: str, seconds: float = 60.0) -> str:
    """The output of a command in the container, once it succeeds."""
    deadline = time.monotonic() + seconds
    while True:
        done = subprocess.run(
            ("docker", "exec", container, *command), capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return done.stdout.strip()
        logs = "" if time.monotonic() < deadline else docker("logs", container)
        assert time.monotonic() < deadline, f"{command}: {done.stderr}\n{logs}"
        time.sleep(0.1)


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[str] = []

    def start_one(image: str, *options: str, command: tuple[str, ...] = ()) -> str:
        name = f"hitless-environment-{uuid.uuid4().hex[:12]}"
        started.append(name)
        docker("run", "--detach", "--name", name, "--label", LABEL, *options, image, *command)
        return name

    yield start_one
    for name in started:
        docker("container", "rm", "--force", "--volumes", name)


def test_python_is_where_dockerfiles_look_for_it() -> None:
    code = "import sys, ssl, venv, sqlite3; print(sys.version_info[:2])"
    printed = docker("run", "--rm", PYTHON, "/usr/local/bin/python", "-c", code)
    assert printed == "(3, 13)"
    assert docker("run", "--rm", PYTHON, "pip", "--version").startswith("pip ")


def test_node_22_brings_npm_and_its_user() -> None:
    assert docker("run", "--rm", NODE, "node", "--version").startswith("v22.")
    assert docker("run", "--rm", NODE, "npm", "--version")
    assert docker("run", "--rm", "--user", "node", NODE, "id", "--user") == "1000"


def test_nginx_serves_port_8080_as_user_101_on_a_read_only_disk(start: Start) -> None:
    name = start(NGINX, "--read-only", f"--tmpfs={SCRATCH}", "--cap-drop=ALL")
    page = eventually(name, "wget", "-q", "-O", "-", "http://127.0.0.1:8080/")
    assert "Welcome to nginx!" in page
    assert docker("exec", name, "id", "-u") == "101"


def test_nginx_reads_conf_d_and_fills_templates(start: Start, tmp_path: Path) -> None:
    template = tmp_path / "words.conf.template"
    template.write_text('server { listen 8081; return 200 "${WORD} $request_method"; }\n')
    tmp_path.chmod(0o755)
    name = start(NGINX, "--env", "WORD=hello", "--volume", f"{tmp_path}:/etc/nginx/templates:ro")
    page = eventually(name, "wget", "-q", "-O", "-", "http://127.0.0.1:8081/")
    assert page == "hello GET"


def test_nginx_reloads_and_leaves_in_grace(start: Start) -> None:
    name = start(NGINX)
    eventually(name, "wget", "-q", "-O", "-", "http://127.0.0.1:8080/")
    docker("exec", name, "nginx", "-s", "reload")
    docker("stop", name)
    assert docker("inspect", "--format", "{{.State.ExitCode}}", name) == "0"


def test_postgres_makes_the_named_user_and_database_and_runs_the_scripts(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "1.sql").write_text("CREATE EXTENSION vector; CREATE TABLE t (v vector(3));")
    (tmp_path / "2.sh").write_text(
        'psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" '
        "-c \"INSERT INTO t VALUES ('[1,2,3]')\"\n"
    )
    tmp_path.chmod(0o755)
    settings = {"POSTGRES_USER": "tracker", "POSTGRES_PASSWORD": "s3cret", "POSTGRES_DB": "tasks"}
    name = start(
        POSTGRES,
        *(word for key, value in settings.items() for word in ("--env", f"{key}={value}")),
        *("--volume", f"{tmp_path}:/docker-entrypoint-initdb.d:ro"),
        command=("postgres", "-c", "max_connections=37"),
    )
    eventually(name, "pg_isready", "-h", "127.0.0.1", "-U", "tracker", "-d", "tasks")
    url = "postgresql://tracker:s3cret@127.0.0.1/tasks"
    assert eventually(name, "psql", "-At", url, "-c", "SELECT v FROM t") == "[1,2,3]"
    assert eventually(name, "psql", "-At", url, "-c", "SHOW max_connections") == "37"
    assert docker("exec", name, "stat", "-c", "%U", "/var/lib/postgresql/data") == "postgres"


def test_postgres_asks_for_the_password_over_the_network(start: Start) -> None:
    name = start(POSTGRES, "--env", "POSTGRES_PASSWORD=s3cret")
    eventually(name, "pg_isready", "-h", "127.0.0.1")
    address = docker("exec", name, "hostname", "-i").split()[0]
    wrong = ("psql", f"postgresql://postgres:wrong@{address}/postgres", "-c", "SELECT 1")
    done = subprocess.run(
        ("docker", "exec", name, *wrong), capture_output=True, text=True, check=False
    )
    assert "password authentication failed" in done.stderr


def test_postgres_without_a_password_refuses_to_begin(start: Start) -> None:
    name = start(POSTGRES)
    assert docker("wait", name) == "1"


def test_postgres_keeps_its_data_over_a_restart(start: Start) -> None:
    name = start(POSTGRES, "--env", "POSTGRES_PASSWORD=s3cret")
    eventually(name, "pg_isready", "-h", "127.0.0.1")
    docker("exec", name, "psql", "-U", "postgres", "-c", "CREATE TABLE kept ()")
    docker("restart", name)
    eventually(name, "pg_isready", "-h", "127.0.0.1")
    assert (
        docker("exec", name, "psql", "-U", "postgres", "-Atc", "SELECT count(*) FROM kept") == "0"
    )


def test_nats_takes_plain_options_and_shows_its_health(start: Start) -> None:
    name = start(NATS, command=("-js", "-m", "8222"))
    page = eventually(name, "wget", "-q", "-O", "-", "http://127.0.0.1:8222/healthz")
    assert '"ok"' in page


def test_redis_takes_plain_options_listens_to_others_and_keeps_data(start: Start) -> None:
    redis = start(REDIS, command=("--appendonly", "yes"))
    assert eventually(redis, "redis-cli", "ping") == "PONG"
    assert docker("exec", redis, "redis-cli", "set", "visits", "7") == "OK"
    assert docker("exec", redis, "redis-cli", "config", "get", "protected-mode").endswith("no")
    docker("restart", redis)
    assert eventually(redis, "redis-cli", "get", "visits") == "7"
    assert "appendonlydir" in docker("exec", redis, "ls", "/data")
