"""What users notice of a deploy, by how the application behaves.

Each behaviour is deployed under fifty requests a second of every kind, again and again.
What a deployer can hide must not fail a request; for the others it is counted how many
failed, and how long after the first of them users had the previous release again.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage import ROOT, save, table

sys.path.insert(0, str(ROOT))

from hitless.domain.journal import CUTOVER, Status
from hitless.domain.traffic import TrafficKind
from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users
from tests.e2e.support.project import Project, restore, tiny

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.domain.evidence import Evidence

LIVE, KEPT, BACK = 0, 20, 21
TORN = 502
BAKE = "bake: 300ms"
MEMORY = 'volumes: ["notes:/data"]'


@dataclass(frozen=True)
class Behaviour:
    """An application, and how its deploy must end.

    Attributes:
        app: For behaviour.json.
        ends: The exit status.
        hidden: No request may fail.
        dies: A write under way at that moment is lost all the same: nginx repeats no POST.
        bake: How long it is watched.
        memory: Its limit, where it has one.
    """

    name: str
    app: Mapping[str, Any]
    ends: int = LIVE
    hidden: bool = True
    dies: bool = False
    bake: str = "2s"
    memory: str = ""


@dataclass
class Seen:
    """What came of all rounds of a behaviour."""

    failed: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    sent: int = 0
    wrong: list[str] = field(default_factory=list)


LONG = "30s"
BEHAVIOURS = (
    Behaviour("graceful", {}),
    Behaviour("abrupt on SIGTERM", {"on_term": "abrupt"}),
    Behaviour("ignores SIGTERM", {"on_term": "ignored"}),
    Behaviour("slow boot (4 s)", {"boot_seconds": 4.0}),
    Behaviour("never ready", {"ready": False}, KEPT),
    Behaviour("flapping health", {"flaps_seconds": 2.0}, BACK, bake=LONG),
    Behaviour("crashes under traffic", {"dies_after_requests": 300}, BACK, dies=True, bake=LONG),
    Behaviour(
        "leaks until it is killed",
        {"leaks_kilobytes": 400},
        BACK,
        dies=True,
        bake=LONG,
        memory="64m",
    ),
    Behaviour("hangs under traffic", {"hangs_after_requests": 300}, BACK, hidden=False, bake=LONG),
    Behaviour("5 % errors under traffic", {"fails_every": 20}, BACK, hidden=False, bake=LONG),
    Behaviour("50 % errors under traffic", {"fails_every": 2}, BACK, hidden=False, bake=LONG),
    Behaviour("answers in 0.1 s instead of 2 ms", {"takes_seconds": 0.1}, BACK, bake=LONG),
)


def main() -> None:
    """Run the behaviours and print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--only", action="append", default=[])
    wanted = options.parse_args()
    chosen = [b for b in BEHAVIOURS if not wanted.only or b.name in wanted.only]
    with tempfile.TemporaryDirectory() as directory:
        project = tiny(Path(directory) / "app", "load matrix")
        try:
            project.done("deploy", "v0")
            seen = {one.name: rounds(project, one, wanted.rounds) for one in chosen}
        finally:
            restore(project)
            project.clear()
    report(seen)
    sys.exit(any(one.wrong for one in seen.values()))


def rounds(project: Project, behaviour: Behaviour, number: int) -> Seen:
    """Deploy it so often."""
    seen = Seen()
    for turn in range(number):
        restore(project)
        project.edit("hitless.yaml", BAKE, f"bake: {behaviour.bake}")
        if behaviour.memory:
            project.edit("compose.yml", MEMORY, f"{MEMORY}\n    mem_limit: {behaviour.memory}")
        project.behave(text=f"{behaviour.name} {turn}", **behaviour.app)
        one_round(project, behaviour, seen)
        print(f"{behaviour.name}: {seen}", file=sys.stderr, flush=True)
    return seen


def one_round(project: Project, behaviour: Behaviour, seen: Seen) -> None:
    """One deploy under load, and whatever it left behind taken away from the next one."""
    with users(project) as load:
        ran = project.hitless("deploy", "bad")
    evidence = load.evidence
    seen.sent += evidence.sent
    seen.failed.append(evidence.failed)
    if ran.code != behaviour.ends:
        seen.wrong.append(f"exit {ran.code} instead of {behaviour.ends}: {ran.err[-600:]}")
    if behaviour.hidden and evidence.failed > (torn(evidence) if behaviour.dies else 0):
        seen.wrong.append(f"{evidence.failed} failed: {[str(f) for f in evidence.failures][:3]}")
    if ran.code == BACK:
        seen.seconds.append(until_back(project, evidence))
    assert_legal(project)
    if ran.code == LIVE:  # the way back is a deploy, too: that old one must end unnoticed
        with users(project) as load:
            project.behave(text="next")
            project.done("deploy", "next")
        seen.sent += load.evidence.sent
        if load.evidence.failed:
            seen.wrong.append(f"{load.evidence.failed} failed when it was left")


def torn(evidence: Evidence) -> int:
    """Writes that were under way when the program died."""
    return sum(one.kind is TrafficKind.WRITE and one.status == TORN for one in evidence.failures)


def until_back(project: Project, evidence: Evidence) -> float:
    """Seconds from the first failed request, or else the cutover, until users were back."""
    deploy = project.deploys()[0]
    entries = project.entries(deploy.id)
    at = {
        status: [e for e in entries if (e.step, e.status) == (CUTOVER, status)] for status in Status
    }
    began = min((f.at for f in evidence.failures), default=at[Status.DONE][-1].at)
    return at[Status.UNDONE][-1].at - began


def report(seen: Mapping[str, Seen]) -> None:
    """Print the table, and what was wrong below it."""
    rows = [row(name, one) for name, one in seen.items()]
    head = (
        "behaviour",
        "rounds",
        "requests",
        "failed (median, most)",
        "back after s (median, most)",
    )
    table((*head, "wrong"), rows)
    for name, one in seen.items():
        for wrong in one.wrong:
            print(f"{name}: {wrong}")
    save("load_matrix", {str(cells[0]): cells[1:] for cells in rows})


def row(name: str, seen: Seen) -> tuple[object, ...]:
    """Its cells."""
    failed = f"{statistics.median(seen.failed):g}, {max(seen.failed)}"
    took = seen.seconds
    back = f"{statistics.median(took):.2f}, {max(took):.2f}" if took else "-"
    return name, len(seen.failed), seen.sent, failed, back, len(seen.wrong)


if __name__ == "__main__":
    main()
