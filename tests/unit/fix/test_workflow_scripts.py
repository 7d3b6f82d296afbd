"""The scripts of generated workflows that reach out, run: the server is a folder of this machine.

``ssh`` runs its command here, ``hitless`` and ``pipx`` write down what they are told; bash and git
are real.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from hitless.documents.workflow import parse
from testing.generated import workflows

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.documents.workflow import Step

CASE = "task-tracker"
SSH = '#!/bin/sh\necho "ssh $1" >> "$TOLD"\nshift\nexec bash -c "$*"\n'
NOTED = '#!/bin/sh\necho "$(basename "$0") $*" >> "$TOLD"\n'
NEEDS = {
    "HITLESS_HOST": "user@server:{server}",
    "PACKAGE": "hitless==1",
    "KEY": "-----BEGIN KEY-----\nx y\n-----END KEY-----",
    "KNOWN_HOSTS": "server ssh-ed25519 AAAA",
}


class Runner:
    """A machine of GitHub's: a home, a checkout, programs, and a server."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("bin", "home", "origin", "server", "work"):
            (root / name).mkdir()
        for name, text in {"ssh": SSH, "hitless": NOTED, "pipx": NOTED}.items():
            (root / "bin" / name).write_text(text)
            (root / "bin" / name).chmod(0o755)

    def run(self, step: Step, **given: str) -> subprocess.CompletedProcess[str]:
        """A step as GitHub's bash runs it."""
        needs = {name: text.format(server=self.root / "server") for name, text in NEEDS.items()}
        files = {name: str(self.root / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        path = f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}"
        env = {"PATH": path, "HOME": str(self.root / "home"), "TOLD": str(self.root / "told")}
        return subprocess.run(
            ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.run),
            cwd=self.root / "work",
            env={**env, **files, **needs, **given},
            capture_output=True,
            text=True,
            check=False,
        )

    def git(self, where: str, *words: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        command = ("git", "-C", str(self.root / where), *who, *words)
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    @property
    def told(self) -> list[str]:
        return (self.root / "told").read_text().splitlines()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    made = Runner(tmp_path)
    made.git("origin", "init", "--quiet", "--initial-branch=main")
    made.git("origin", "commit", "--quiet", "--allow-empty", "-m", "one")
    made.git("server", "clone", "--quiet", str(tmp_path / "origin"), ".")
    made.git("origin", "tag", "v1.2.3")
    return made


def steps(name: str) -> list[Step]:
    text = workflows(CASE)[f".github/workflows/{name}.yml"]
    return [step for step in parse(text, name).steps() if step.run]


def titled(name: str, title: str) -> Step:
    return next(step for step in steps(name) if step.node.say("name") == title)


@pytest.mark.parametrize("where", ["staging", "production"])
def test_a_deploy_checks_the_version_out_on_the_server_and_tells_hitless(
    runner: Runner, where: str
) -> None:
    for step in steps(f"deploy-{where}"):
        done = runner.run(step, VERSION="v1.2.3")
        assert done.returncode == 0, f"{step.run}: {done.stderr}"
    host = f"--host user@server:{runner.root / 'server'}"
    assert runner.told == [
        "pipx install hitless==1",
        "ssh user@server",
        f"hitless {host} deploy --require-zero-failed --wait 900 v1.2.3",
        f"hitless {host} show",
    ]
    assert runner.git("server", "describe", "--tags") == "v1.2.3"


def test_the_key_is_nobody_else_s_and_whole(runner: Runner) -> None:
    assert runner.run(titled("deploy-staging", "The way to the server")).returncode == 0
    key = runner.root / "home/.ssh/id_deploy"
    assert key.read_text() == f"{NEEDS['KEY']}\n"
    assert key.stat().st_mode & 0o077 == 0
    config = (runner.root / "home/.ssh/config").read_text()
    assert "StrictHostKeyChecking yes" in config


@pytest.mark.parametrize("version", ["", "-x", "v1; rm -rf /", "$(id)", "v1'", "a b", "../x"])
def test_a_version_that_is_none_ends_the_job_before_the_server_is_reached(
    runner: Runner, version: str
) -> None:
    done = runner.run(titled("deploy-staging", "The version, on the server"), VERSION=version)
    assert done.returncode != 0
    assert not (runner.root / "told").exists()


def test_a_rehearsal_begins_at_the_last_tag_and_goes_there_and_back(runner: Runner) -> None:
    runner.git("work", "clone", "--quiet", str(runner.root / "origin"), ".")
    (runner.root / "work/hitless.yaml").touch()
    for step in steps("rehearse"):
        assert runner.run(step).returncode == 0, step.run
    assert "hitless rehearse --from v1.2.3" in runner.told
    assert sum(one.endswith(" rollback") for one in runner.told) == 2


def test_without_a_tag_or_hitless_yaml_there_is_nothing_to_rehearse(runner: Runner) -> None:
    step = titled("rehearse", "From the last tag to here, and back")
    runner.git("work", "init", "--quiet")
    assert "has written hitless.yaml" in runner.run(step).stdout
    (runner.root / "work/hitless.yaml").touch()
    assert "before the first tag" in runner.run(step).stdout
    assert not (runner.root / "told").exists()


@pytest.mark.parametrize(
    ("image", "wanted"),
    [("", "ghcr.io/owner/shop/api"), ("registry.example/x/api", "registry.example/x/api")],
)
def test_an_image_has_a_name_that_a_registry_takes(runner: Runner, image: str, wanted: str) -> None:
    given = {"GITHUB_REPOSITORY": "Owner/Shop", "REGISTRY": "ghcr.io", "NAME": "api"}
    (step,) = steps("build-push")
    assert runner.run(step, IMAGE=image, **given).returncode == 0
    assert (runner.root / "GITHUB_OUTPUT").read_text() == f"image={wanted}\n"
