"""What a rollback brings back, what it refuses, and what no deploy begins beside."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.e2e.support.legal import assert_legal

if TYPE_CHECKING:
    from tests.e2e.support.project import Project

MIGRATE = "migrations: {service: migrate, timeout: 30s}"
WORKER = "worker: {port: 8000, ready: /ready, stop_timeout: 5s}"


def snippet(project: Project, word: str) -> None:
    (project.directory / "own.conf").write_text(f"add_header X-Snippet {word} always;\n")


def shown(project: Project) -> str:
    return project.ask("/version").headers["x-snippet"]


def test_snippets_come_back_and_a_contract_migration_is_no_way_back(fresh: Project) -> None:
    snippet(fresh, "older")
    fresh.edit("hitless.yaml", "  confirm: /version", "  confirm: /version\n  include: [own.conf]")
    fresh.edit("hitless.yaml", WORKER, WORKER.replace("}", ", handover: singleton}"))
    fresh.done("deploy", "older")
    snippet(fresh, "newer")
    fresh.edit("hitless.yaml", MIGRATE, MIGRATE.replace("}", ", contract: true}"))
    fresh.done("deploy", "newer")
    assert shown(fresh) == "newer"
    told = fresh.done("rollback", "--dry-run", "--json").document
    assert (told["tier"], told["schema"], told["refused"]) == ("hot", "contracted", True)

    refused = fresh.hitless("rollback")
    assert refused.code == 20
    assert "error[E232]: " in refused.err
    assert "--force-data-risk" in refused.err
    assert shown(fresh) == "newer"

    fresh.done("rollback", "--force-data-risk", "--wait")
    assert shown(fresh) == "older"
    assert_legal(fresh)

    stray = f"{fresh.service}-stray"
    address = fresh.done("plan", "--json").document["addresses"][f"{fresh.service}-green-worker"]
    network = ("--network", f"{fresh.service}-net", "--ip", address)
    run = ("docker", "run", "--rm", "--detach", "--name", stray, *network, "nats:2.10-alpine")
    subprocess.run(run, check=True, capture_output=True)
    try:
        beside = fresh.hitless("deploy", "newest")
    finally:
        subprocess.run(("docker", "rm", "--force", stray), check=True, capture_output=True)
    assert "error[E306]: " in beside.err, beside
    assert f"'{stray}' has {address}" in beside.err
    assert shown(fresh) == "older"
