"""How long does an audit take on a repository of two thousand files?

Each run is a fresh process, as in a hook before a commit. Peers look at the same tree in
the same run when they are on PATH; each of them looks at less. The audit is measured by its own
rules, then beside the scanners that it asks when they are there.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from stage import ROOT, as_users, save, table

FILES = 2000
RUNS = 15
RUNS_OF_SLOW = 3  # of what takes longer than SLOW seconds
SLOW = 3.0
LEGACY = ROOT / "fixtures" / "legacy-stack"
REFERENCE = ROOT / "stacks" / "task-tracker"
BIN = Path(sys.executable).parent
AUDIT = (str(BIN / "hitless"), "audit", "--format", "gcc", "--exit-zero")
MODULE = (
    '"""Part {0} of a program."""\n\n\ndef part_{0}(value: int) -> int:\n    return value + {0}\n\n'
)
CHECKOV = ("--quiet", "--compact", "--soft-fail", "--skip-download")
# A process begins with the memory of the one that starts it: so a small one starts it.
LAUNCHER = """
import os, shutil, sys, time
began = time.perf_counter()
pid = os.posix_spawn(shutil.which(sys.argv[1]), sys.argv[1:], os.environ)
used = os.wait4(pid, 0)[2]
wall = time.perf_counter() - began
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=sys.stderr)
"""
Row = tuple[str, int, int, float, int]


def main() -> None:
    """Measure and print the table."""
    with tempfile.TemporaryDirectory() as name:
        tree, stack, alone = (Path(name) / one for one in ("repository", "stack", "bin"))
        grow(tree)
        shutil.copytree(REFERENCE, stack)
        into_git(stack)
        alone.mkdir()
        (alone / "git").symlink_to(str(shutil.which("git")))
        path = os.pathsep.join((str(BIN), os.environ["PATH"]))
        rows = [
            measure("python -c pass", (sys.executable, "-c", "pass"), tree, str(alone)),
            measure("hitless --version", (AUDIT[0], "--version"), tree, str(alone)),
            measure("hitless audit, its own rules", AUDIT, tree, str(alone)),
            measure("the same on the reference stack", AUDIT, stack, str(alone)),
            measure("hitless audit with what is on PATH", AUDIT, tree, path),
            *(measure(one[0], one, tree, path) for one in peers(tree) if found(one[0], path)),
        ]
    head = ("", "wall ms", "CPU ms", "MB", "runs")
    ratios = ("wall x audit", "CPU x audit", "CPU x python")
    table((*head, *ratios), [(*row, *against(row, rows[2], rows[0])) for row in rows])
    for one in peers(Path()):
        if not found(one[0], path):
            print(f"{one[0]} is not on PATH and was not measured")
    save("audit", {"head": head, "rows": rows, "files": FILES})


def against(row: Row, audit: Row, least: Row) -> tuple[str, ...]:
    """Ratios; those of CPU time hold on a busy machine, too."""
    pairs = ((row[1], audit[1]), (row[2], audit[2]), (row[2], least[2]))
    return tuple(f"{one / other:.2f}" for one, other in pairs)


def found(program: str, path: str) -> bool:
    """It can be run here."""
    return shutil.which(program, path=path) is not None


def grow(tree: Path) -> None:
    """The legacy stack with a program of ordinary size around it, in git."""
    shutil.copytree(LEGACY, tree)
    count = sum(1 for path in tree.rglob("*") if path.is_file())
    for number in range(FILES - count):
        folder = tree / ("backend/app" if number % 3 else "frontend/src") / f"part{number % 40}"
        folder.mkdir(parents=True, exist_ok=True)
        suffix = (".py", ".svg", ".css", ".py", ".json", ".md")[number % 6]
        (folder / f"m{number}{suffix}").write_text(MODULE.format(number) * 8)
    into_git(tree)


def into_git(tree: Path) -> None:
    """Make a directory a repository of its own."""
    subprocess.run(("git", "-C", tree, "init", "--quiet"), check=True)
    subprocess.run(("git", "-C", tree, "add", "."), check=True)


def peers(tree: Path) -> tuple[tuple[str, ...], ...]:
    """What others look at in such a tree."""
    dockerfiles = tuple(str(path) for path in sorted(tree.rglob("Dockerfile")))
    return (
        ("hadolint", "--no-fail", *dockerfiles),
        ("zizmor", "--offline", "--no-exit-codes", "."),
        # Of the whole tree it would take half a minute: only what the audit reads, too.
        ("checkov", "--framework", "dockerfile", "github_actions", "--directory", ".", *CHECKOV),
    )


def measure(name: str, command: tuple[str, ...], tree: Path, path: str) -> Row:
    """Medians of fresh processes that find programs on ``path``, and the largest memory."""
    first = launched(command, tree, path)  # compiles what is not compiled yet
    count = RUNS if first[0] < SLOW else RUNS_OF_SLOW
    runs = [launched(command, tree, path) for _ in range(count)]
    wall, cpu, most = zip(*runs, strict=True)
    seconds = statistics.median(wall), statistics.median(cpu)
    return (name, round(seconds[0] * 1000), round(seconds[1] * 1000), round(max(most), 1), count)


def launched(command: tuple[str, ...], tree: Path, path: str) -> list[float]:
    """Seconds, CPU seconds and megabytes of one process with its children."""
    told = subprocess.run(
        (sys.executable, "-I", "-S", "-c", LAUNCHER, *command),
        cwd=tree,
        env={**as_users(), "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(one) for one in told.stderr.splitlines()[-1].split()]


if __name__ == "__main__":
    main()
