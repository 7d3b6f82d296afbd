"""Every check of the repository in one run: ``python -m environment.suite [PART ...]``.

Each part's output goes to .environment/logs; a line says how it went, the log's end is shown when
it failed. What could not be run is listed by name, never counted as passed.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from environment import facts, report
from environment.build_inputs import build_variables

LOGS = facts.WORK / "logs"
COVERAGE = facts.WORK / "coverage"
GATED = ("domain", "stack", "deploy")
LEAST_COVERAGE = 95
NO_TESTS = 5  # pytest's exit status when it collected nothing
STACK = "stacks/task-tracker"
NO_BROWSER = "chromium is not installed"
SHOWN_LINES = 60
HEARTBEAT_SECONDS = 30.0
SCRUBBED = re.compile(r"CI$|GITHUB_|PG|HITLESS_|COMPOSE_|DOCKER_(?!HOST$|CONTEXT$|CONFIG$)")


class Outcome(Enum):
    """How a part ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Part:
    """Command lines under one name; ``lacking`` says why it cannot run, if it cannot."""

    name: str
    commands: tuple[tuple[str, ...], ...] = ()
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A part's outcome, with the counts of its tests where it ran any."""

    name: str
    outcome: Outcome
    seconds: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


def main(wanted: Sequence[str]) -> int:
    """Run the wanted parts (all without names); 0 when none failed."""
    LOGS.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(COVERAGE, ignore_errors=True)
    COVERAGE.mkdir()
    tools = {name for name in ("chromium",) if shutil.which(name)}
    chosen = [part for part in parts(facts.ROOT, tools) if not wanted or part.name in wanted]
    if unknown := set(wanted) - {part.name for part in chosen}:
        print(f"error: there is no part named {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    results = [run(part) for part in chosen]
    print(summary(results), flush=True)
    return 1 if any(result.outcome is Outcome.FAILED for result in results) else 0


def parts(root: Path, tools: set[str]) -> tuple[Part, ...]:
    """The repository's checks in the order of how fast they say no."""
    tool = str(root / ".venv/bin") + "/"
    return (
        Part("lint", ((tool + "ruff", "check"), _format_check(tool), (tool + "codespell",))),
        Part("types", ((tool + "mypy",),)),
        Part("imports", ((tool + "lint-imports",),)),
        *_tests(root, tool, tools),
        Part("coverage", _coverage(tool)),
        *_stack(tools),
    )


def run(part: Part) -> Result:
    """Run one part, its output in a log of its own, and say how it went on one line."""
    if part.lacking:
        report.say(f"  {part.name}: not run, {part.lacking}")
        return Result(part.name, Outcome.NOT_RUN, note=part.lacking)
    log = LOGS / f"{part.name.replace(' ', '-')}.log"
    print(f"  {part.name} ... ", end="", flush=True)
    began = time.monotonic()
    status = _execute(part, log)
    text = log.read_text(encoding="utf-8", errors="replace")
    result = Result(
        part.name,
        Outcome.FAILED if status else Outcome.PASSED,
        time.monotonic() - began,
        counts(text),
        "no tests were collected" if status == NO_TESTS else "",
    )
    report.say(_line(result))
    if status:
        report.say("\n".join(f"    {line}" for line in text.splitlines()[-SHOWN_LINES:]))
        report.say(f"    the whole output is in {log.relative_to(facts.ROOT)}")
    return result


def counts(log: str) -> dict[str, int]:
    """The numbers of pytest's closing lines in a log: passed, failed, errors, skipped."""
    found: dict[str, int] = {}
    for line in log.splitlines():
        if re.search(r"\d+ \w+.* in [\d.]+s\b", line):
            for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", line):
                found[word] = found.get(word, 0) + int(number)
    return found


def summary(results: Sequence[Result]) -> str:
    """A table of all parts and, last, the line with the number of tests."""
    width = max((len(result.name) for result in results), default=0)
    table = [f"  {result.name:{width}}  {_line(result)}" for result in results]
    bad = [result.name for result in results if result.outcome is Outcome.FAILED]
    passed = sum(result.counts.get("passed", 0) for result in results)
    failed = sum(
        result.counts.get("failed", 0) + result.counts.get("error", 0) for result in results
    )
    verdict = f"failed: {', '.join(bad)}" if bad else "everything that ran has passed"
    return "\n".join(["", *table, "", verdict, f"{passed} passed, {failed} failed"])


def scrubbed(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would make one machine's run differ from another's."""
    return {name: value for name, value in environ.items() if not SCRUBBED.match(name)}


def _format_check(tool: str) -> tuple[str, ...]:
    return (tool + "ruff", "format", "--check")


def _tests(root: Path, tool: str, tools: set[str]) -> tuple[Part, ...]:
    pytest = (tool + "python", "-m", "pytest", "--quiet", "--cov", "--cov-report=")
    marks = () if "chromium" in tools else ("-m", "not browser")
    fast = _existing(root, "unit", "rules", "golden")
    slow = [name for name in ("contract", "migration", "crash", "docs") if _existing(root, name)]
    return (
        Part("unit", ((*pytest, "--numprocesses=2", *fast),)),
        *(Part(name, ((*pytest, *marks, f"tests/{name}"),)) for name in slow),
        Part("e2e", ((*pytest, *marks, "tests/e2e"),)),
        *(() if "chromium" in tools else (Part("browser", lacking=NO_BROWSER),)),
    )


def _existing(root: Path, *layers: str) -> tuple[str, ...]:
    """The layers that hold tests; e2e is no argument here, it must hold some."""
    return tuple(
        f"tests/{layer}" for layer in layers if any((root / "tests" / layer).rglob("test_*.py"))
    )


def _coverage(tool: str) -> tuple[tuple[str, ...], ...]:
    gated = ",".join(f"src/hitless/{package}/*" for package in GATED)
    least = f"--fail-under={LEAST_COVERAGE}"
    coverage = tool + "coverage"
    combined = f"--data-file={COVERAGE / 'all'}"
    return (
        (coverage, "combine", "--keep", combined, str(COVERAGE)),
        (coverage, "report", combined, f"--include={gated}", least),
    )


def _stack(tools: set[str]) -> tuple[Part, ...]:
    make = ("make", "--no-print-directory", "-C", STACK)
    no_browser = "" if "chromium" in tools else NO_BROWSER
    return (
        Part("stack lint", ((*make, "lint"),)),
        Part("stack tests", ((*make, "test"),)),
        Part("dashboard", ((*make, "dashboard"),)),
        Part("stack pages", ((*make, "browser"),), no_browser),
    )


def _execute(part: Part, log: Path) -> int:
    environ = {
        **scrubbed(os.environ),
        **build_variables(os.environ),
        "COVERAGE_FILE": f"{COVERAGE / 'all'}.{part.name.replace(' ', '-')}",
    }
    with log.open("w", encoding="utf-8") as sink:
        for command in part.commands:
            sink.write(f"$ {' '.join(command)}\n")
            sink.flush()
            with subprocess.Popen(
                command,
                cwd=facts.ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            ) as process:
                if status := _wait(process):
                    return status
    return 0


def _wait(process: subprocess.Popen[bytes]) -> int:
    """The exit status; a sign of life now and then, for who watches."""
    began = time.monotonic()
    while True:
        try:
            return process.wait(HEARTBEAT_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"{time.monotonic() - began:.0f} s ... ", end="", flush=True)


def _line(result: Result) -> str:
    style = {Outcome.PASSED: "ok", Outcome.FAILED: "failed", Outcome.NOT_RUN: "dim"}
    numbers = ", ".join(f"{number} {word}" for word, number in result.counts.items())
    details = [result.note, numbers, f"{result.seconds:.1f} s" if result.seconds else ""]
    told = ", ".join(detail for detail in details if detail)
    return report.styled(result.outcome.value, style[result.outcome]) + (
        f" ({told})" if told else ""
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
