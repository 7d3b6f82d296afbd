"""What a power cut at each step of a deploy leaves behind: a service that serves, and a legal end.

A second engine, in which the service runs, is ended hard together with everything in it and the
tool, once after the beginning and once after the end of each step, and started again. No command
is given until users are served; then ``hitless recover`` works under their traffic.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stage import ROOT, save, table

sys.path.insert(0, str(ROOT))

from hitless.deploy.blue_green import DEPLOY
from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users
from tests.e2e.support.machine import IMAGES, cut_in_a_deploy, second_machine, until_it_serves
from tests.e2e.support.project import Strike, tiny

if TYPE_CHECKING:
    from tests.e2e.support.machine import Machine
    from tests.e2e.support.project import Project


@dataclass
class Result:
    """What all cuts came to."""

    sent: int = 0
    failed: int = 0
    dark: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def main() -> None:
    """Cut at every step and print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--only", choices=DEPLOY.names, action="append", default=[])
    wanted = options.parse_args().only or DEPLOY.names
    result = Result()
    with tempfile.TemporaryDirectory() as directory, second_machine(IMAGES) as machine:
        os.environ["DOCKER_HOST"] = machine.docker_host
        with machine.network():
            project = tiny(Path(directory) / "app", "power cuts")
            project.done("deploy", "v0")
        for name in wanted:
            for status in ("intent", "done"):
                one_cut(machine, project, Strike("SIGSTOP", name, status), result)
    row = (
        sum(result.ends.values()), result.sent, result.failed,
        ", ".join(f"{n} {end}" for end, n in sorted(result.ends.items())),
        f"{max(result.dark):.1f}", len(result.wrong),
    )  # fmt: skip
    table(
        ("cuts", "requests", "failed", "ended as", "longest until users were served, s", "wrong"),
        [row],
    )
    for wrong in result.wrong:
        print(wrong)
    save("power_cuts", {"power cuts": row})
    sys.exit(bool(result.failed or result.wrong))


def one_cut(machine: Machine, project: Project, cut: Strike, result: Result) -> None:
    """One round; what went wrong is written down, and the next one begins all the same."""
    try:
        with machine.network():
            assert_legal(project)
        cut_in_a_deploy(machine, project, cut)
        began = time.monotonic()
        machine.boot()
        with machine.network():
            until_it_serves(project, project.edge.active())
            result.dark.append(time.monotonic() - began)
            with users(project) as load:
                recovered = project.done("recover", "--json").document
            assert_legal(project)
        result.sent += load.evidence.sent
        result.failed += load.evidence.failed
        result.ends[str(recovered["outcome"])] += 1
    except AssertionError as error:
        result.wrong.append(f"{cut}: {error}")
    print(f"{cut}: {result.ends} {result.wrong[-1:]}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
