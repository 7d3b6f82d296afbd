"""`hitless fix --verify` on a real engine: what is broken is found, what is mended is proved."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from environment.build_inputs import build_variables
from hitless.adapters.host import LocalHost
from hitless.cli.main import main
from hitless.fix.verify.commands import LABEL, PREFIX
from hitless.fix.verify.owner import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker
COMPOSE = """\
services:
  db:
    image: pgvector/pgvector:pg17
    env_file: .env
    environment: {POSTGRES_USER: shop, POSTGRES_DB: shop}
    healthcheck: {test: [CMD-SHELL, "pg_isready -U shop"]}
  api:
    build: {context: ./api, secrets: [ca, pip]}
    environment: {DATABASE_URL: "postgresql+psycopg://shop:${POSTGRES_PASSWORD:?}@db/shop"}
    healthcheck: {test: [CMD, curl, -f, "http://localhost:8000/ready"]}
  nginx:
    image: nginxinc/nginx-unprivileged:1.27-alpine
    volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]
secrets:
  ca: {file: "${BUILD_CA:-/dev/null}"}
  pip: {file: "${BUILD_PIP_CONF:-/dev/null}"}
"""
DOCKERFILE = """\
FROM python:3.13-slim-trixie
RUN --mount=type=secret,id=ca,required=false \\
    --mount=type=secret,id=pip,required=false \\
    --mount=type=cache,target=/var/cache/pip \\
    if [ -s /run/secrets/pip ]; then export PIP_CONFIG_FILE=/run/secrets/pip; fi \\
    && if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi \\
    && PIP_CACHE_DIR=/var/cache/pip pip install --root-user-action=ignore alembic 'psycopg[binary]'
WORKDIR /app
COPY . .
"""
ENV_PY = """\
import os
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
"""
REVISION = """\
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.execute("CREATE TYPE kind AS ENUM ('a')")
    op.execute("CREATE TABLE notes (id int, kind kind)")


def downgrade():
    op.execute("DROP TABLE notes")
    op.execute("DROP TYPE kind")
"""
NGINX = """\
upstream api { server api:8000; }
server { listen 8080; location / { proxy_pass http://api; } }
"""
BROKEN = {
    "compose.yml": COMPOSE,
    ".env.example": "POSTGRES_PASSWORD=\n",
    "nginx.conf": NGINX.replace("listen 8080;", "listen 8080; proxy_timeouts 5s;"),
    "api/Dockerfile": DOCKERFILE,
    "api/alembic.ini": "[alembic]\nscript_location = alembic\n",
    "api/alembic/env.py": ENV_PY,
    "api/alembic/versions/a1.py": REVISION.replace("DROP TABLE notes", "DROP TABLE note"),
}
MENDED = {
    "compose.yml": COMPOSE.replace('curl, -f, "', 'python, -m, urllib.request, "'),
    "nginx.conf": NGINX,
    "api/alembic/versions/a1.py": REVISION,
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in build_variables(os.environ).items():
        monkeypatch.setenv(name, value)
    return written(tmp_path / "shop", BROKEN)


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The command takes signals over, which is this process's own here."""
    taken = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.getsignal(one) for one in taken}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


def written(root: Path, texts: dict[str, str]) -> Path:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def verified(root: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    said = CliRunner().invoke(main, ["fix", "--verify", "--json", str(root)])
    found = {f"{one['check']}, {one['subject']}": one for one in json.loads(said.output)["proof"]}
    return said.exit_code, found


def docker(*words: str) -> str:
    return subprocess.run(
        ("docker", *words), capture_output=True, text=True, check=True
    ).stdout.strip()


def left(name: str) -> list[str]:
    """Everything that a verification of this name has on the engine and in the temporary files."""
    found = [
        *docker("ps", "--all", "--filter", f"label={LABEL}", "--format={{.Names}}").split(),
        *docker("network", "ls", "--filter", f"label={LABEL}", "--format={{.Name}}").split(),
        *docker("images", "--filter", f"label={LABEL}", "--format={{.Repository}}").split(),
        *(one.name for one in Path(tempfile.gettempdir()).glob(f"{PREFIX}*")),
    ]
    return [one for one in found if one.startswith(name)]


def test_what_is_broken_is_found_and_once_mended_proved(repository: Path) -> None:
    own = name_of(LocalHost().process())
    before = sorted(one.relative_to(repository) for one in repository.rglob("*"))
    status, found = verified(repository)
    assert status == 1
    failed = {name: one["reason"] for name, one in found.items() if one["answer"] != "proved"}
    assert failed == {
        "nginx -t, nginx": "nginx refuses its configuration",
        "healthcheck programs exist, api": (
            "curl is not in the image, so api never becomes healthy"
        ),
        "migrations up, down one, up, api": "down one fails",
    }
    assert 'unknown directive "proxy_timeouts"' in " ".join(found["nginx -t, nginx"]["output"])
    told = " ".join(found["migrations up, down one, up, api"]["output"])
    assert 'table "note" does not exist' in told

    written(repository, MENDED)
    status, found = verified(repository)
    assert {name: one["answer"] for name, one in found.items()} == dict.fromkeys(
        [
            "compose resolves, compose.yml",
            "images build, api",
            "nginx -t, nginx",
            "healthcheck programs exist, db",
            "healthcheck programs exist, api",
            "migrations up, down one, up, api",
        ],
        "proved",
    )
    assert status == 0
    assert sorted(one.relative_to(repository) for one in repository.rglob("*")) == before
    assert left(own) == []


def test_what_a_killed_verification_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    killed = subprocess.Popen((sys.executable, "-c", "import time; time.sleep(600)"))
    mine = LocalHost().process()
    dead = name_of(mine).replace(f"-{mine.pid}-", f"-{killed.pid}-")  # begun at another time
    told = (f"--label={LABEL}={dead}", f"--name={dead}-db", "--network=none")
    docker("run", "--detach", *told, "python:3.13-slim-trixie", "sleep", "600")
    docker("network", "create", "--internal", f"--label={LABEL}={dead}", f"{dead}-net")
    (Path(tempfile.gettempdir()) / dead).mkdir()
    killed.kill()
    killed.wait()
    assert len(left(dead)) == 3

    verified(written(tmp_path / "shop", {"README.md": "# Shop\n"}))
    assert left(dead) == []


def test_nothing_is_left_when_the_user_stops_it(tmp_path: Path) -> None:
    model = "services: {slow: {build: .}}\n"
    dockerfile = f"FROM python:3.13-slim-trixie\nRUN echo {tmp_path} && sleep 600\n"
    root = written(tmp_path / "shop", {"compose.yml": model, "Dockerfile": dockerfile})
    command = (sys.executable, "-m", "hitless", "fix", "--verify", str(root))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        line = running.stderr.readline()
        assert line.startswith("checking: images build, slow")
        (name,) = left(f"{PREFIX}{name_of(LocalHost().process()).split('-')[2]}-{running.pid}-")
        running.send_signal(signal.SIGINT)
        told = running.stderr.read()
        assert running.wait(60) == 130, told
    assert "stopped by SIGINT" in told
    assert left(name) == []
