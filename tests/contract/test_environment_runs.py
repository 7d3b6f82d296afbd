"""The environment on the machine that runs these tests, which it has prepared."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from environment import facts, images

pytestmark = pytest.mark.docker


def environment(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("BUILD_")}
    return subprocess.run(
        (sys.executable, "-m", "environment", *arguments),
        cwd=facts.ROOT,
        env={**inherited, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_what_is_seen_here_is_a_ready_machine() -> None:
    done = environment("status", "--json")
    seen = json.loads(done.stdout)
    assert seen["host"]["engine"] == "running"
    assert int(seen["host"]["compose"].lstrip("v").split(".")[0]) >= 2
    assert set(seen["images"]["present"]) == set(images.TARGETS)
    assert set(seen["images"]["present"].values()) <= {"the original", "stand-in"}


def test_a_second_run_finds_nothing_to_install_start_or_build() -> None:
    done = environment("up", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "would install" not in done.stdout
    assert "would start" not in done.stdout
    assert "would build" not in done.stdout
    assert "would pull" not in done.stdout


def test_clean_shows_what_it_would_remove_and_touches_nothing() -> None:
    done = environment("clean", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert str(facts.VENV) in done.stdout
    assert facts.VENV.is_dir()


def test_two_runs_at_once_wait_for_each_other() -> None:
    lock = Path(tempfile.gettempdir()) / f"hitless-environment-{os.getuid()}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with subprocess.Popen(
            (sys.executable, "-m", "environment", "clean", "--dry-run"),
            cwd=facts.ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as second:
            assert second.stdout is not None
            assert "waiting for it" in second.stdout.readline()
            assert second.poll() is None
            fcntl.flock(held, fcntl.LOCK_UN)
            assert "would remove" in second.stdout.read()
    assert second.returncode == 0


def test_an_engine_that_does_not_answer_is_one_message_with_a_hint(tmp_path: Path) -> None:
    done = environment("up", DOCKER_HOST=f"unix://{tmp_path}/no.sock")
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: the container engine at DOCKER_HOST=unix://{tmp_path}")
    assert "\nhint: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_learns_what_builds_must_know(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("certificates")
    done = environment("run", "--", "sh", "-c", 'echo "$BUILD_CA"', SSL_CERT_FILE=str(bundle))
    assert done.stdout.strip() == str(bundle)


def test_a_command_that_is_not_there_is_one_message() -> None:
    done = environment("run", "--", "no-such-command")
    assert done.returncode == 1
    assert done.stderr == "error: there is no command no-such-command\n"


def test_an_image_no_registry_knows_is_no_answer() -> None:
    assert not facts.registry_answers("hitless.invalid/nothing:here")
