"""The scan of a Go module, run: govulncheck itself, beside a stand-in for what is known.

It is built from its modules, so this needs a machine that can fetch those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.documents.workflow import parse
from testing.generated import given, workflows, written
from testing.github import in_container
from testing.go_advisories import go_advisories

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.docker, pytest.mark.go_modules]
CASE = "go-binary"
SCAN = "Known vulnerabilities"
FOLDER = "certificates"  # beside the fixture's own files, as a container sees nothing else


@pytest.mark.timeout(600)  # modules are fetched and built
def test_the_scan_of_go_passes_until_something_is_known_of_what_is_called(tmp_path: Path) -> None:
    tree = written(given(CASE), tmp_path / "tree")
    (tree / FOLDER).mkdir()
    scan = parse(workflows(CASE)[".github/workflows/security-scan.yml"], "scan.yml")
    job = next(one for one in scan.jobs if one.name == "go")
    step = job.steps[-1]
    assert step.node.say("name") == SCAN
    # Run twice in one container, as it is built there for half a minute.
    twice = job._replace(steps=[*job.steps, step])
    last = len(job.steps)
    with go_advisories(tree / FOLDER, "net/http", "ListenAndServe") as known:
        env = known.env(f"/given/{FOLDER}")
        ran = in_container(twice, tree, "scan", at={last - 1: env, last: env})
        assert known.readings == 2, f"{ran.stdout[-3000:]}{ran.stderr[-3000:]}"
    first, second = ran.stdout.split(">>> ")[1:]
    assert "No vulnerabilities found." in first
    assert "ping.main calls http.ListenAndServe" in second, ran.stderr
    assert ran.returncode == 1
    assert ran.stderr.rstrip().endswith("exit status 3"), ran.stderr  # its word for a finding
