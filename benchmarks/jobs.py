"""What becomes of a thousand numbered jobs while releases change and things die?

Each message that is posted is one job for a worker. Meanwhile the release goes forward and
back, a deploy's process is killed while the workers change hands, and workers are killed in
the middle of their jobs. Then Postgres is asked: which jobs took no effect, which took
effect twice, and how many were merely begun twice, as at-least-once delivery must.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stage import ROOT, save, table

sys.path.insert(0, str(ROOT))

from hitless.domain.container import Role
from tests.e2e.support.jobs import Numbered, numbered_messages
from tests.e2e.support.legal import assert_legal
from tests.e2e.support.project import Project, Strike, engine, killed
from tests.e2e.support.tracker import NEW, OLD, api, checkout, release, tracker

if TYPE_CHECKING:
    from collections.abc import Sequence

JOBS = 1000
SENDERS = 3  # of ten messages a second each
KILLS, BETWEEN = 5, 3.0
DONE_WITHIN = 300.0  # what a killed worker had taken comes back after a while only
STRIKE = Strike("SIGKILL", "worker handover", "intent", 0.5)
COUNT = """
SELECT json_build_object(
    'stored', count(*),
    'lost', count(*) FILTER (WHERE processed_at IS NULL),
    'effects', (SELECT count(*) FROM events e WHERE e.kind = 'message.processed'
                AND e.payload->>'external_id' ~ '{names}'),
    'tasks', (SELECT count(*) FROM tasks t JOIN messages m ON m.id = t.message_id
              WHERE m.external_id ~ '{names}'),
    'begun_twice', (SELECT value FROM counters WHERE name = 'jobs_duplicated'),
    'dead', (SELECT count(*) FROM dead))
FROM messages WHERE external_id ~ '{names}'
"""


class Counted(NamedTuple):
    """What Postgres knows of the numbered jobs.

    Attributes:
        lost: Accepted, and without effect.
        doubled: Effects beyond one for each job.
        begun_twice: Deliveries of a job that had taken effect before.
    """

    accepted: int
    refused: int
    lost: int
    doubled: int
    begun_twice: int


def main() -> None:
    """Run the story under a stream of jobs and print what became of them."""
    with tempfile.TemporaryDirectory() as directory:
        project = tracker(Path(directory) / "app")
        try:
            release(project, OLD)
            with ExitStack() as stack:
                sent = [stack.enter_context(numbered_messages(project)) for _ in range(SENDERS)]
                rows = story(project, sent)
            found = counted(project, sent)
            assert_legal(project)
        finally:
            project.clear()
    table(("meanwhile", "seconds", "jobs accepted"), rows)
    print()
    table(Counted._fields, [found])
    save("jobs", {"rows": rows, "counted": found._asdict()})
    sys.exit(bool(found.lost or found.doubled))


def story(project: Project, sent: Sequence[Numbered]) -> list[tuple[object, ...]]:
    """One act after the other; a row for each."""
    acts = {
        f"deploy of {NEW}": lambda: release(project, NEW),
        f"rollback to {OLD}": lambda: project.done("rollback", "--wait"),
        f"deploy killed at {STRIKE}, recover": lambda: kill_deploy(project),
        f"{KILLS} workers killed by SIGKILL": lambda: kill_workers(project),
        "nothing": lambda: until_enough(sent),
    }
    rows: list[tuple[object, ...]] = []
    for name, act in acts.items():
        before, began = accepted(sent), time.monotonic()
        act()
        rows.append((name, round(time.monotonic() - began, 1), accepted(sent) - before))
    return rows


def accepted(sent: Sequence[Numbered]) -> int:
    """How many jobs there are until now."""
    return sum(len(one.accepted) for one in sent)


def kill_deploy(project: Project) -> None:
    """The process of a deploy dies while the workers change hands; then the next command."""
    checkout(project, NEW)
    ran = project.struck(STRIKE, "deploy", NEW)
    if not killed(ran):
        raise RuntimeError(f"it was not killed: {ran}")
    project.done("recover")


def kill_workers(project: Project) -> None:
    """As the kernel kills for want of memory: no goodbye, and the engine starts another."""
    for _ in range(KILLS):
        time.sleep(BETWEEN)
        found = [c for c in project.containers().values() if c.role == Role.WORKER and c.running]
        command = ("docker", "inspect", "--format", "{{.State.Pid}}", found[0].id)
        pid = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        os.kill(pid, signal.SIGKILL)


def until_enough(sent: Sequence[Numbered]) -> None:
    """Until there are so many jobs that a small loss would show."""
    while accepted(sent) < JOBS:
        time.sleep(0.5)


def counted(project: Project, sent: Sequence[Numbered]) -> Counted:
    """When the queue is empty, or will not be in time, ask the database."""
    give_up = time.monotonic() + DONE_WITHIN
    while time.monotonic() < give_up:
        stats = api(project, "/api/stats")
        if stats["processed"] == stats["messages"] and not stats["outbox_pending"]:
            break
        time.sleep(1)
    jobs = accepted(sent)
    names = "|".join(f"^{one.name(0).removesuffix('0')}" for one in sent)
    rows = json.loads(_asked(project, COUNT.format(names=names)))
    print(rows, file=sys.stderr)
    missing = jobs - rows["stored"]  # accepted, and not even stored
    return Counted(
        accepted=jobs,
        refused=sum(len(one.refused) for one in sent),
        lost=rows["lost"] + max(0, missing),
        doubled=max(0, rows["effects"] - (rows["stored"] - rows["lost"])),
        begun_twice=rows["begun_twice"],
    )


def _asked(project: Project, query: str) -> str:
    found = project.containers().values()
    postgres = next(c for c in found if c.service_name == "postgres")
    command = ("psql", "-XAtq", "-U", "tracker", "-d", "tracker", "-c", query)
    output = engine().run_in(postgres.id, command)
    if output.code:
        raise RuntimeError(output.text)
    return output.text


if __name__ == "__main__":
    main()
