"""The generated backup, run against a real Postgres: it counts only once it was restored."""

from __future__ import annotations

import fcntl
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from hitless.fix.generate import backup
from testing.generated import given, repository, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.docker
IMAGE = "pgvector/pgvector:pg17"
TABLES = """
CREATE EXTENSION vector;
CREATE TYPE kind AS ENUM ('a', 'b');
CREATE TABLE notes (id int PRIMARY KEY, kind kind, meaning vector(3));
INSERT INTO notes SELECT n, 'a', '[1,2,3]' FROM generate_series(1, 500) n;
CREATE TABLE "With Space" (x text);
"""


def docker(*words: str, told: str = "") -> str:
    done = subprocess.run(
        ("docker", *words), input=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def psql(container: str, sql: str, database: str = "shop") -> str:
    words = ("exec", "-i", container, "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-U", "shop")
    return docker(*words, "-d", database, told=sql)


def named(container: str, start: str) -> int:
    """How many databases are called so."""
    listed = psql(container, "SELECT datname FROM pg_database").splitlines()
    return sum(name.startswith(start) for name in listed)


@pytest.fixture(scope="module")
def container() -> Iterator[str]:
    told = ("--env=POSTGRES_USER=shop", "--env=POSTGRES_DB=shop", "--env=POSTGRES_PASSWORD=x")
    made = docker("run", "--detach", "--rm", "--label=hitless.test=backup", *told, IMAGE)
    try:
        # By TCP: the first start's own server listens on the socket only.
        ask = "until pg_isready --quiet --host 127.0.0.1; do sleep 0.1; done"
        docker("exec", made, "sh", "-c", ask)
        psql(made, TABLES)
        yield made
    finally:
        subprocess.run(("docker", "rm", "--force", made), capture_output=True, check=False)


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return written(backup.files(repository(given("legacy-stack"))), tmp_path / "repository") / "ops"


def run(
    script: Path, *words: str, container: str, directory: Path
) -> subprocess.CompletedProcess[str]:
    told = {"BACKUP_CONTAINER": container, "BACKUP_DIRECTORY": str(directory)}
    return subprocess.run(
        ("bash", str(script), *words),
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_backup_is_restored_and_compared_before_it_counts(
    container: str, scripts: Path, tmp_path: Path
) -> None:
    done = run(scripts / "backup.sh", container=container, directory=tmp_path / "kept")
    assert done.returncode == 0, done.stderr
    assert "2 tables restored and compared" in done.stdout
    assert "lies on this machine only" in done.stderr
    kept = list((tmp_path / "kept").glob("shop-*.dump"))
    assert len(kept) == 1
    assert kept[0].stat().st_mode & 0o077 == 0
    figures = (tmp_path / "kept/metrics/backup.prom").read_text()
    assert f"backup_bytes {kept[0].stat().st_size}\n" in figures
    assert (
        psql(container, "SELECT count(*) FROM pg_database WHERE datname LIKE 'restored_%'") == "0"
    )
    young = run(
        scripts / "backup.sh", "--age", "1", container=container, directory=tmp_path / "kept"
    )
    assert young.returncode == 0


def test_what_was_kept_comes_back_beside_the_database_in_use(
    container: str, scripts: Path, tmp_path: Path
) -> None:
    run(scripts / "backup.sh", container=container, directory=tmp_path)
    file = next(tmp_path.glob("shop-*.dump"))
    done = run(scripts / "restore.sh", str(file), "beside", container=container, directory=tmp_path)
    assert done.returncode == 0, done.stderr
    assert psql(container, "SELECT count(*), max(id) FROM notes", "beside") == "500|500"
    again = run(
        scripts / "restore.sh", str(file), "beside", container=container, directory=tmp_path
    )
    assert again.returncode != 0
    assert psql(container, "SELECT count(*) FROM notes", "beside") == "500"


def test_a_file_that_was_damaged_is_not_restored(
    container: str, scripts: Path, tmp_path: Path
) -> None:
    run(scripts / "backup.sh", container=container, directory=tmp_path)
    file = next(tmp_path.glob("shop-*.dump"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)
    done = run(
        scripts / "restore.sh", str(file), "damaged", container=container, directory=tmp_path
    )
    assert done.returncode != 0
    assert named(container, "damaged") == 0


@pytest.mark.parametrize("broken", ["pg_dump", "pg_restore", "createdb"])
def test_a_program_that_fails_leaves_no_file_that_looks_like_a_backup(
    container: str, scripts: Path, tmp_path: Path, broken: str
) -> None:
    # A docker that breaks one program, as a full disk or a killed process would.
    fake = tmp_path / "bin/docker"
    fake.parent.mkdir()
    real = subprocess.run(("which", "docker"), capture_output=True, text=True, check=True)
    fake.write_text(
        f'#!/bin/sh\ncase " $* " in *" {broken} "*) head -c 64 /dev/zero; exit 1;; esac\n'
        f'exec {real.stdout.strip()} "$@"\n'
    )
    fake.chmod(0o755)
    told = {"BACKUP_CONTAINER": container, "BACKUP_DIRECTORY": str(tmp_path / "kept")}
    done = subprocess.run(
        ("bash", str(scripts / "backup.sh")),
        env={**os.environ, **told, "PATH": f"{fake.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    left = {path.name for path in (tmp_path / "kept").iterdir()}
    assert left == {".lock", "metrics"}
    old = run(
        scripts / "backup.sh", "--age", "26", container=container, directory=tmp_path / "kept"
    )
    assert old.returncode == 1
    assert "there is no proved backup" in old.stderr


def test_two_at_once_are_refused_and_a_missing_container_is_named(
    container: str, scripts: Path, tmp_path: Path
) -> None:
    with (tmp_path / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run(scripts / "backup.sh", container=container, directory=tmp_path)
    assert "another backup runs" in done.stderr
    # Asked for a service that nobody on this machine has: other tests run databases, too.
    script = scripts / "backup.sh"
    text = script.read_text()
    assert "service=postgres)" in text
    script.write_text(text.replace("service=postgres)", "service=postgres-of-nobody)"))
    done = run(script, container="", directory=tmp_path / "other")
    assert done.returncode == 1
    assert "no container of postgres runs" in done.stderr
