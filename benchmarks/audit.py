"""How long does an audit take on a repository of two thousand files?

Each run is a fresh process, as in a hook before a commit. Peers look at the same tree in
the same run when they are on PATH; each of them looks at less.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from stage import ROOT, as_users, save, table

FILES = 2000
RUNS = 15
LEGACY = ROOT / "fixtures" / "legacy-stack"
HITLESS = Path(sys.executable).parent / "hitless"
MODULE = (
    '"""Part {0} of a program."""\n\n\ndef part_{0}(value: int) -> int:\n    return value + {0}\n\n'
)
# A process begins with the memory of the one that starts it: so a small one starts it.
LAUNCHER = """
import os, shutil, sys, time
began = time.perf_counter()
pid = os.posix_spawn(shutil.which(sys.argv[1]), sys.argv[1:], os.environ)
used = os.wait4(pid, 0)[2]
wall = time.perf_counter() - began
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=sys.stderr)
"""
Row = tuple[str, int, int, float, str]


def main() -> None:
    """Measure and print the table."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "repository"
        grow(tree)
        rows = [measure("python -c pass", (sys.executable, "-c", "pass"), tree)]
        rows += [measure("hitless --version", (str(HITLESS), "--version"), tree)]
        rows += [measure("hitless audit", (str(HITLESS), "audit", "--format", "gcc"), tree)]
        rows += [measure(one[0], one, tree) for one in peers(tree) if shutil.which(one[0])]
    head = ("", "wall ms", "CPU ms", "MB", "wall against audit")
    base = rows[2][1]
    table(head, [(*row[:4], f"{row[1] / base:.2f}") for row in rows])
    save("audit", {"head": head, "rows": rows, "files": FILES})


def grow(tree: Path) -> None:
    """The legacy stack with a program of ordinary size around it, in git."""
    shutil.copytree(LEGACY, tree)
    count = sum(1 for path in tree.rglob("*") if path.is_file())
    for number in range(FILES - count):
        folder = tree / ("backend/app" if number % 3 else "frontend/src") / f"part{number % 40}"
        folder.mkdir(parents=True, exist_ok=True)
        suffix = (".py", ".svg", ".css", ".py", ".json", ".md")[number % 6]
        (folder / f"m{number}{suffix}").write_text(MODULE.format(number) * 8)
    subprocess.run(("git", "-C", tree, "init", "--quiet"), check=True)
    subprocess.run(("git", "-C", tree, "add", "."), check=True)


def peers(tree: Path) -> tuple[tuple[str, ...], ...]:
    """What others look at in such a tree."""
    dockerfiles = tuple(str(path) for path in sorted(tree.rglob("Dockerfile")))
    return (
        ("hadolint", "--no-fail", *dockerfiles),
        ("zizmor", "--offline", "--no-exit-codes", "."),
        ("checkov", "--directory", ".", "--quiet", "--compact", "--soft-fail"),
    )


def measure(name: str, command: tuple[str, ...], tree: Path) -> Row:
    """Medians of fresh processes, and the largest memory."""
    launch = (sys.executable, "-I", "-S", "-c", LAUNCHER, *command)
    runs = []
    for _ in range(RUNS + 1):  # the first one compiles what is not compiled yet
        told = subprocess.run(
            launch, cwd=tree, env=as_users(), capture_output=True, text=True, check=True
        )
        runs.append([float(one) for one in told.stderr.splitlines()[-1].split()])
    wall, cpu, most = zip(*runs[1:], strict=True)
    seconds = statistics.median(wall), statistics.median(cpu)
    return (name, round(seconds[0] * 1000), round(seconds[1] * 1000), round(max(most), 1), "")


if __name__ == "__main__":
    main()
