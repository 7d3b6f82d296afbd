"""Proves the way from nothing: ``python -m environment.fresh [bookworm] [trixie]``.

Runs ``up``, ``up``, ``status`` and ``clean`` in a bare Debian that has Python and nothing else:
a privileged container with an engine, images and packages of its own. Takes two minutes each.
"""

import os
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from environment import facts, images, report, shell
from environment.build_inputs import build_variables
from environment.problem import Problem
from environment.shell import Command
from environment.steps import Step

SUITES = ("bookworm", "trixie")
LOGS = facts.WORK / "logs"
CERTIFICATES = "/host-certificates.pem"
CHECKED = "environment Makefile pyproject.toml requirements src README.md LICENSE"

# Everything is demanded in the order a newcomer meets it; the first thing wrong ends the script.
SCRIPT = f"""
set -eux
mkdir /checkout && cd /source && cp -r {CHECKED} /checkout && cd /checkout
python3 -m environment up
test -z "$(python3 -m environment up --dry-run)"
python3 -m environment status
.venv/bin/python -c 'import hitless'
docker run --rm python:3.13-slim-trixie python --version
python3 -m environment clean
test ! -e .venv && test ! -e .environment
test -z "$(ls /etc/apt/sources.list.d /etc/apt/preferences.d | grep hitless)"
! pgrep dockerd
""".strip()


def main(suites: Sequence[str]) -> int:
    """Prove it for each suite (all without names); 0 when every one works."""
    try:
        host = facts.host()
        for suite in suites or SUITES:
            bare = f"{images.BARE}:{suite}"
            work = (*_bare_debian(suite, bare, host.archive or ""), prove(bare, _certificates()))
            for step in work:
                with report.step(step.name):
                    log = LOGS / f"fresh-{suite}.log"
                    shell.run_all(step.name, step.commands, log=log, sudo=())
    except Problem as error:
        report.problem(error)
        return 1
    return 0


def prove(bare: str, certificates: str | None) -> Step:
    """Run the script in the bare system, its engine's data in a volume that goes with it."""
    own = ("--mount", f"type=bind,source={facts.ROOT},target=/source,readonly")
    trusted = (
        *("--mount", f"type=bind,source={certificates},target={CERTIFICATES},readonly"),
        *("--env", f"PIP_CERT={CERTIFICATES}"),
    )
    command = (
        *("docker", "run", "--rm", "--init", "--privileged", "--volume", "/var/lib/docker"),
        *("--name", f"hitless-fresh-{uuid.uuid4().hex[:8]}"),
        *own,
        *(trusted if certificates else ()),
        *(bare, "bash", "-c", SCRIPT),
    )
    return Step(f"prove the environment on {bare}", (Command(command),))


def _bare_debian(suite: str, name: str, archive: str) -> tuple[Step, ...]:
    if shell.output("docker", "image", "inspect", name) is not None:
        return ()
    tar = facts.WORK / f"bare-{suite}.tar"
    include = "--include=ca-certificates,procps,python3"
    bootstrap = ("mmdebstrap", "--mode=root", "--variant=minbase", include, suite)
    commands = (
        Command((*bootstrap, str(tar), archive)),
        Command(("docker", "import", str(tar), name)),
        Command(("rm", str(tar))),
    )
    return (Step(f"build {name}", commands),)


def _certificates() -> str | None:
    bundle = build_variables(os.environ).get("BUILD_CA")
    return bundle if bundle and Path(bundle).is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
