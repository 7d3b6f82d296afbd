"""For a terminal: findings by file, then the score and what was not looked at."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from hitless.cli.terminal import style
from hitless.domain.finding import Severity, Standing
from hitless.domain.score import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.engine import Report
    from hitless.domain.finding import Finding

COLOURS = {
    Severity.CRITICAL: "bright_red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "blue",
}
BAR = 20


def text(report: Report) -> str:
    """The whole output."""
    parts = [*_files(report), *_notices(report), *_score(report), *_unlooked(report)]
    return "\n".join(parts)


def explained(report: Report) -> str:
    """Every term of the score."""
    lines = ["", style("How the score is made", bold=True)]
    for part in report.score.parts:
        value = "n/a" if part.value is None else shown(part.value)
        lines.append(f"{part.category.value:<16} {value:>5}  weight {part.weight:g}")
        for element in part.elements:
            number = "n/a" if element.value is None else f"{element.value:.2f}"
            lines.append(f"  {element.name:<24} {number:>5}  {element.word}")
            lines += [
                f"    {term.rule:<6} {term.weight:>4g} x {term.value:.2f}  "
                f"{report.rules[term.rule].title}"
                for term in element.terms
            ]
    return "\n".join(lines)


def _files(report: Report) -> Iterator[str]:
    for path, findings in groupby(report.findings, key=lambda one: one.place.path):
        yield style(path, bold=True)
        yield from (_line(report, one) for one in findings)
        yield ""


def _line(report: Report, one: Finding) -> str:
    severity = style(f"{one.severity.value:<8}", fg=COLOURS[one.severity])
    effect = report.score.effect(one.rule)
    gain = style(f"  +{shown(effect)}", dim=True) if effect >= 0.01 else ""  # noqa: PLR2004  # what two digits show
    return f"  {one.place.line:>4}  {severity}  {one.rule}  {one.message}{gain}"


def _notices(report: Report) -> Iterator[str]:
    for place, notice in report.notices:
        yield f"{place.path}:{place.line}: {notice}"
    if report.ignored:
        yield f"{len(report.ignored)} findings are ignored, each with a reason"
    if report.notices or report.ignored:
        yield ""


def _score(report: Report) -> Iterator[str]:
    total = report.score.total
    if total is None:
        yield "Nothing here is what the audit is about."
        return
    for part in report.score.parts:
        if part.value is not None:
            filled = int(part.value / 10 * BAR)
            bar = "█" * filled + "░" * (BAR - filled)
            yield f"{part.category.value:<16} {bar} {shown(part.value):>5}"
    yield ""
    critical = [one for one in report.findings if one.severity is Severity.CRITICAL]
    count = f"{len(critical)} critical finding{'s' if len(critical) != 1 else ''}"
    verdict = "no critical finding" if report.score.ready else f"not ready: {count}"
    colour = "green" if report.score.ready else "bright_red"
    yield style(f"Score {shown(total)} of 10, {verdict}", bold=True, fg=colour)


def _unlooked(report: Report) -> Iterator[str]:
    yield ""
    for one in report.standing(Standing.NOT_CHECKED):
        yield style(f"not checked  {one.rule}  {one.reason}", dim=True)
    for path in report.skipped:
        yield style(f"not read  {path} is too large", dim=True)
    absent = len(report.standing(Standing.NOT_APPLICABLE))
    checked = len(report.standing(Standing.CHECKED))
    yield style(
        f"{checked} rules checked on {report.looked_at} files, {absent} do not apply", dim=True
    )


def changes(report: Report, before: Report) -> str:
    """What a change did to findings and score."""
    old, new = ({one.fingerprint: one for one in r.findings} for r in (before, report))
    lines = [style(f"{len(new.keys() - old.keys())} new", bold=True)]
    lines += [_placed(report, one) for key, one in new.items() if key not in old]
    lines += [style(f"{len(old.keys() - new.keys())} gone", bold=True)]
    lines += [
        f"  {one.place.path}  {one.rule}  {one.message}" for k, one in old.items() if k not in new
    ]
    was, now = before.score.total, report.score.total
    if was is not None and now is not None:
        lines.append(f"Score {shown(was)} → {shown(now)}")
    return "\n".join(lines)


def _placed(report: Report, one: Finding) -> str:
    return f"  {one.place.path}{_line(report, one)}"
