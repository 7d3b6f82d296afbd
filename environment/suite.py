"""Every check of the repository in one run: ``python -m environment.suite [PART ...]``.

Each part's output goes to .environment/logs; a line says how it went. Why a part failed is told
where it failed, and once more in short at the very end. What could not be run is listed by name,
never counted as passed. Parts that leave each other alone run side by side.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from environment import facts, report
from environment.build_inputs import build_variables
from tools import checkers, kubernetes

LOGS = facts.WORK / "logs"
COVERAGE = facts.WORK / "coverage"
GATED = ("domain", "stack", "deploy")
# Unit tests alone have to reach it. To measure doubles their time, so nothing else is measured.
LEAST_COVERAGE = 95
MEASURED = (*(f"--cov=hitless.{package}" for package in GATED), "--cov-report=")
LEAST_SCORE = "9.9"  # just below what the audit says today, of Hitless and of its stack
NO_TESTS = 5  # pytest's exit status when it collected nothing
STACK = "stacks/task-tracker"
NO_BROWSER = "chromium is not installed"
NO_CLUSTER = "there is no API server; python -m tools.kubernetes makes one where Go is installed"
NO_MODULES = "modules of Go cannot be fetched, or Go is not on PATH"
CHECKERS = ("actionlint", "promtool", "amtool")
TOOLS = facts.WORK / "tools"  # where tools.checkers and tools.kubernetes put what they get
SHOWN_LINES = 60
SHORT_LINES, SHORT_WIDTH = 12, 200
REASON = re.compile(r"(FAILED|ERROR|E   )\s*\S")
# What only reads files runs together, and what waits for containers beside what computes. e2e has
# the machine to itself, as its stories look at what users lose.
SIDE_BY_SIDE = (
    {"lint", "types", "imports", "audit", "stack lint", "dashboard"},
    {"crash", "contract", "workflows", "docs", "stack tests"},
)
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
    reasons: tuple[str, ...] = ()


def main(wanted: Sequence[str]) -> int:
    """Run the wanted parts (all without names); 0 when none failed."""
    LOGS.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(COVERAGE, ignore_errors=True)
    COVERAGE.mkdir()
    if not wanted or "checkers" in wanted:
        _get_checkers()
    every = parts(facts.ROOT, _tools(wanted))
    chosen = [part for part in every if not wanted or part.name in wanted]
    if unknown := set(wanted) - {part.name for part in chosen}:
        print(f"error: there is no part named {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    results = [result for group in grouped(chosen) for result in run(group)]
    print(summary(results), flush=True)
    return 1 if any(result.outcome is Outcome.FAILED for result in results) else 0


def _get_checkers() -> None:
    """What this machine can have of them; what it cannot is told as not run."""
    with _log("getting checkers").open("w", encoding="utf-8") as sink:
        command = (sys.executable, "-m", "tools.checkers")
        subprocess.run(command, cwd=facts.ROOT, stdout=sink, stderr=subprocess.STDOUT, check=False)


def _tools(wanted: Sequence[str]) -> set[str]:
    """What only some machines have; whether modules of Go come is asked where it matters."""
    there = f"{TOOLS}{os.pathsep}{os.environ.get('PATH', '')}"
    found = {name for name in ("chromium", *CHECKERS) if shutil.which(name, path=there)}
    found |= {"kubernetes"} if kubernetes.is_made() else set()
    asked = not wanted or "workflows" in wanted
    return found | ({"go modules"} if asked and checkers.modules_come() else set())


def parts(root: Path, tools: set[str]) -> tuple[Part, ...]:
    """The repository's checks in the order of how fast they say no."""
    tool = str(root / ".venv/bin") + "/"
    return (
        Part("lint", ((tool + "ruff", "check"), _format_check(tool), (tool + "codespell",))),
        Part("types", ((tool + "mypy",),)),
        Part("imports", ((tool + "lint-imports",),)),
        Part("audit", _audits(tool)),
        *_tests(root, tool, tools),
        Part("coverage", _coverage(tool)),
        *_stack(tools),
    )


def grouped(parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    """Parts that run side by side, at the place of the first of them; the others alone."""
    groups: dict[str, list[Part]] = {}
    for part in parts:
        friends = next((group for group in SIDE_BY_SIDE if part.name in group), {part.name})
        groups.setdefault("".join(sorted(friends)), []).append(part)
    return [tuple(group) for group in groups.values()]


def run(group: Sequence[Part]) -> list[Result]:
    """Run parts at once, each with a log of its own, and say how they went, a line each."""
    lacking = [_lacking(part) for part in group if part.lacking]
    parts = [part for part in group if not part.lacking]
    if not parts:
        return lacking
    print(f"  {', '.join(part.name for part in parts)} ... ", end="", flush=True)
    began = time.monotonic()
    with ThreadPoolExecutor(len(parts)) as pool:
        running = [pool.submit(_run, part) for part in parts]
        while wait(running, HEARTBEAT_SECONDS).not_done:
            print(f"{time.monotonic() - began:.0f} s ... ", end="", flush=True)
    results = [one.result() for one in running]
    _tell(results)
    return lacking + results


def _lacking(part: Part) -> Result:
    report.say(f"  {part.name}: not run, {part.lacking}")
    return Result(part.name, Outcome.NOT_RUN, note=part.lacking)


def _run(part: Part) -> Result:
    began = time.monotonic()
    status = _execute(part, _log(part.name))
    text = _written(part.name)
    return Result(
        part.name,
        Outcome.FAILED if status else Outcome.PASSED,
        time.monotonic() - began,
        counts(text),
        "no tests were collected" if status == NO_TESTS else "",
        reasons(text) if status else (),
    )


def _tell(results: Sequence[Result]) -> None:
    if len(results) == 1:
        report.say(_line(results[0]))
    else:
        report.say("\n" + "\n".join(f"    {one.name}: {_line(one)}" for one in results))
    for result in results:
        if result.outcome is Outcome.FAILED:
            end = _written(result.name).splitlines()[-SHOWN_LINES:]
            report.say("\n".join(f"    {line}" for line in end))
            log = _log(result.name).relative_to(facts.ROOT)
            report.say(f"    the whole output of {result.name} is in {log}")


def _log(name: str) -> Path:
    return LOGS / f"{name.replace(' ', '-')}.log"


def _written(name: str) -> str:
    return _log(name).read_text(encoding="utf-8", errors="replace")


def reasons(log: str) -> tuple[str, ...]:
    """The lines of a failed part that say which test failed and why; its last ones without."""
    lines = [line.rstrip()[:SHORT_WIDTH] for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if REASON.match(line)]
    return tuple(telling[:SHORT_LINES] + telling[SHORT_LINES:][-SHORT_LINES:] or lines[-3:])


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
    why = [f"  {result.name}: {line}" for result in results for line in result.reasons]
    verdict = f"failed: {', '.join(bad)}" if bad else "everything that ran has passed"
    return "\n".join(["", *table, "", *why, verdict, f"{passed} passed, {failed} failed"])


def scrubbed(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would make one machine's run differ from another's."""
    return {name: value for name, value in environ.items() if not SCRUBBED.match(name)}


def _audits(tool: str) -> tuple[tuple[str, ...], ...]:
    """Its own medicine: the repository, and the stack as the repository that it is for users."""
    asked = {".": "critical", STACK: "high"}
    return tuple(
        (tool + "hitless", "audit", path, "--min-score", LEAST_SCORE, "--fail-on", severity)
        for path, severity in asked.items()
    )


def _format_check(tool: str) -> tuple[str, ...]:
    return (tool + "ruff", "format", "--check")


def _tests(root: Path, tool: str, tools: set[str]) -> tuple[Part, ...]:
    pytest = (tool + "python", "-m", "pytest", "--quiet")
    by_two = (*pytest, "--numprocesses=2")
    lacking = _lacking_parts(tools)
    without = tuple(f"not {part.name}" for part in lacking)
    rules = _existing(root, "rules", "golden")
    crash = _existing(root, "crash")
    slow = [name for name in ("contract", "workflows", "docs") if _existing(root, name)]
    return (
        Part("unit", ((*by_two, *MEASURED, "tests/unit"),)),
        *((Part("rules", ((*by_two, *rules),)),) if rules else ()),
        *((Part("crash", ((*by_two, *crash),)),) if crash else ()),
        *(Part(name, ((*pytest, *_marked(*without), f"tests/{name}"),)) for name in slow),
        # Two parts, since the second is worth as much when the first failed.
        Part("e2e", ((*by_two, *_marked("not quiet", *without), "tests/e2e"),)),
        Part("quiet e2e", ((*pytest, *_marked("quiet", *without), "tests/e2e"),)),
        *lacking,
        *((_checkers(pytest, tools),) if _existing(root, "checkers") else ()),
    )


def _marked(*marks: str) -> tuple[str, ...]:
    return ("-m", " and ".join(marks)) if marks else ()


def _lacking_parts(tools: set[str]) -> tuple[Part, ...]:
    """Tests that cannot run here, by the names of their marks."""
    needs = {
        "browser": ("chromium", NO_BROWSER),
        "kubernetes": ("kubernetes", NO_CLUSTER),
        "go_modules": ("go modules", NO_MODULES),
    }
    return tuple(
        Part(name, lacking=why) for name, (tool, why) in needs.items() if tool not in tools
    )


def _checkers(pytest: tuple[str, ...], tools: set[str]) -> Part:
    """Other people's programs on generated files; nobody has to have them."""
    lacking = [name for name in CHECKERS if name not in tools]
    why = f"{', '.join(lacking)}: python -m tools.checkers" if lacking else ""
    return Part("checkers", ((*pytest, "tests/checkers"),), why)


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
                if status := process.wait():
                    return status
    return 0


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
