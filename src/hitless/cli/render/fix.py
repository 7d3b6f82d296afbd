"""What ``hitless fix`` shows: a unified diff, and what became of every finding."""

from __future__ import annotations

from difflib import unified_diff
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any, TextIO

from hitless.cli.terminal import paint
from hitless.domain.score import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hitless.audit.engine import Report
    from hitless.domain.finding import Finding
    from hitless.fix.plan import FileChange, FixPlan

COLOURS = {"+": "green", "-": "red", "@": "cyan"}
WIDTH = 88
NO_NEWLINE = "\\ No newline at end of file\n"


def diff(files: Iterable[FileChange], stream: TextIO) -> str:
    """A patch that ``git apply`` takes; with colours on a terminal."""
    return "".join(_line(line, stream) for one in files for line in _patch(one))


def _patch(file: FileChange) -> Iterator[str]:
    if not file.before and not file.after:
        yield f"diff --git a/{file.path} b/{file.path}\n"
        yield "new file mode 100644\n"
    old = "/dev/null" if file.before is None else f"a/{file.path}"
    before, after = _lines(file.before or ""), _lines(file.after)
    for line in unified_diff(before, after, old, f"b/{file.path}"):
        yield line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}"


def _lines(text: str) -> list[str]:
    """Lines with their ends; a carriage return alone ends none, as git sees it."""
    *whole, last = text.split("\n")
    return [*(f"{one}\n" for one in whole), *([last] if last else [])]


def _line(line: str, stream: TextIO) -> str:
    if line.startswith(("--- ", "+++ ")):
        return paint(line.rstrip("\n"), stream, bold=True) + "\n"
    colour = COLOURS.get(line[:1])
    return paint(line.rstrip("\n"), stream, fg=colour) + "\n" if colour else line


def summary(found: FixPlan, *, written: bool) -> Iterator[str]:
    """What is closed, what remains and why, the score before and after, and the next command."""
    closed = [one for told in found.told for one in told.closed]
    if found.files and not written:
        yield ""
    if not found.files:
        yield "Nothing to fix here."
    else:
        verb = "wrote" if written else "would change"
        yield f"{verb} {_count(len(found.files), 'file')}: {_count(len(closed), 'finding')} closed"
    yield from _remaining(found)
    yield from _score(found.before, found.after)
    if found.files and not written:
        yield 'Write it: "hitless fix --write"'


def _remaining(found: FixPlan) -> Iterator[str]:
    """Open findings by reason, so that one line tells what many have in common."""
    only = found.wish.only
    open_ones = [one for one in found.after.findings if not only or one.rule in only]
    reasons = sorted(
        ((found.why_remains(one), one) for one in open_ones),
        key=lambda pair: (pair[0], pair[1].rule, pair[1].place),
    )
    for why, group in groupby(reasons, key=lambda pair: pair[0]):
        findings = [one for _, one in group]
        yield f"{_count(len(findings), 'finding')} left: {why}"
        yield from wrap(_of_rules(findings), WIDTH, initial_indent="  ", subsequent_indent="  ")


def _of_rules(findings: list[Finding]) -> str:
    """The place of a single one, the rules of many: "hitless audit" tells each place."""
    if len(findings) == 1:
        return f"{findings[0].rule} {findings[0].place.path}:{findings[0].place.line}"
    return " ".join(dict.fromkeys(one.rule for one in findings))


def _score(before: Report, after: Report) -> Iterator[str]:
    was, now = before.score.total, after.score.total
    if was is not None and now is not None:
        yield f"Score {shown(was)} → {shown(now)}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def document(found: FixPlan, *, written: bool) -> dict[str, Any]:
    """The same for machines."""
    return {
        "written": written,
        "files": [{"path": f.path, "new": f.before is None, "text": f.after} for f in found.files],
        "diff": "".join(line for one in found.files for line in _patch(one)),
        "closed": [_finding(one) for told in found.told for one in told.closed],
        "refused": [
            {
                "rule": told.rule,
                "path": one.place.path,
                "line": one.place.line,
                "reason": one.reason,
            }
            for told in found.told
            for one in told.refusals
        ],
        "remaining": [
            {**_finding(one), "reason": found.why_remains(one)} for one in found.after.findings
        ],
        "score": {"before": found.before.score.total, "after": found.after.score.total},
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "path": one.place.path,
        "line": one.place.line,
        "subject": one.subject,
        "message": one.message,
        "fingerprint": one.fingerprint,
    }
