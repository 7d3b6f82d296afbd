"""What a SIGKILL after every single write to the database does to users: nothing.

For each story (a deploy, a rollback, a deploy that its gates refuse, one that is taken
back under traffic) the command is killed after its first write, then in another round
after its second, and so on until it lives to its end. Meanwhile clients of every kind
ask fifty times a second. The command that comes next must find a legal end.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stage import ROOT, save, table

sys.path.insert(0, str(ROOT))

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users
from tests.e2e.support.project import Project, tiny

if TYPE_CHECKING:
    from collections.abc import Callable

KILLED = Path(__file__).with_name("killed.py")
PATIENCE = 120.0
IN_SHIFTS = "strategy: {canary: {steps: [10, 50], interval: 300ms, min_samples: 20}}"
MOST = 200  # writes of one command; it ends long before


@dataclass(frozen=True)
class Story:
    """One command and what is there before it."""

    name: str
    command: tuple[str, ...]
    prepare: Callable[[Project, int], None]


@dataclass
class Result:
    """What all rounds of a story came to."""

    points: int = 0
    sent: int = 0
    failed: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def good(project: Project, number: int) -> None:
    """A release that anybody may have."""
    project.behave(text=f"good {number}")


def refused(project: Project, number: int) -> None:
    """One that answers with pages where its smoke checks want JSON."""
    project.behave(text=f"refused {number}", only_html=True)


def taken_back(project: Project, number: int) -> None:
    """One that serves everybody, but after a while says that it is not ready."""
    project.behave(text=f"taken back {number}", unready_after_seconds=4.0)


def canary(project: Project, number: int) -> None:
    """A good one, which gets its traffic in shifts."""
    good(project, number)


def left(project: Project, number: int) -> None:
    """A release that is there to be left."""
    good(project, number)
    project.done("deploy", "left")
    project.wait_for_the_lock()


STORIES = (
    Story("deploy", ("deploy", "good"), good),
    Story("rollback", ("rollback",), left),
    Story("refused by a gate", ("deploy", "refused"), refused),
    Story("taken back", ("deploy", "taken-back"), taken_back),
    Story("canary", ("deploy", "canary"), canary),
)


def main() -> None:
    """Run the stories and print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--only", choices=[story.name for story in STORIES], action="append")
    options.add_argument("--every", type=int, default=1, help="only each n-th point")
    wanted = options.parse_args()
    chosen = [s for s in STORIES if not wanted.only or s.name in wanted.only]
    results = {story.name: matrix(story, wanted.every) for story in chosen}
    head = ("story", "points", "requests", "failed", "ended as", "wrong")
    table(head, [(name, *row(result)) for name, result in results.items()])
    for name, result in results.items():
        for wrong in result.wrong:
            print(f"{name}: {wrong}")
    save("kill_matrix", {name: row(result) for name, result in results.items()})
    sys.exit(any(result.failed or result.wrong for result in results.values()))


def row(result: Result) -> tuple[object, ...]:
    """Its cells."""
    ends = ", ".join(f"{n} {end}" for end, n in sorted(result.ends.items()))
    return result.points, result.sent, result.failed, ends, len(result.wrong)


def matrix(story: Story, every: int) -> Result:
    """Every point of one story, on a project of its own."""
    result = Result()
    with tempfile.TemporaryDirectory() as directory:
        project = tiny(Path(directory) / "app", f"kill matrix {story.name}")
        if story.prepare is taken_back:
            project.edit("hitless.yaml", "bake: 300ms", "bake: 8s")
        if story.prepare is canary:
            project.edit("hitless.yaml", "accessories:", f"{IN_SHIFTS}\n\naccessories:")
        try:
            project.done("deploy", "v0")
            for point in range(1, MOST, every):
                if not struck(project, story, point, result):
                    break
        finally:
            shutil.copytree(ROOT / "tests/e2e/projects/tiny", project.directory, dirs_exist_ok=True)
            project.clear()
    return result


def struck(project: Project, story: Story, point: int, result: Result) -> bool:
    """One round; false when the command had fewer writes than that."""
    story.prepare(project, point)
    mark = project.directory / "killed"
    mark.unlink(missing_ok=True)
    with users(project) as load:
        command = (sys.executable, str(KILLED), str(point), str(mark), *story.command)
        ran = subprocess.run(
            command, cwd=project.directory, env=project.environ, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        project.wait_for_the_lock()
        recovered = project.hitless("recover")
    count(result, load.evidence.sent, load.evidence.failed)
    where = f"point {point} ({ran.returncode})"
    if load.evidence.failed:
        result.wrong.append(f"{where}: {[str(f) for f in load.evidence.failures][:3]}")
    if recovered.code:
        result.wrong.append(f"{where}: {recovered}")
    try:
        assert_legal(project)
    except AssertionError as error:
        result.wrong.append(f"{where}: {error}")
    killed = mark.exists()
    result.points += killed
    result.ends[str(project.deploys()[0].outcome)] += killed
    print(f"{story.name}: {where} {result.ends}", file=sys.stderr, flush=True)
    return killed


def count(result: Result, sent: int, failed: int) -> None:
    """Add one round's requests up."""
    result.sent += sent
    result.failed += failed


if __name__ == "__main__":
    main()
