"""A report that a team can read, in English or Ukrainian."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from hitless.audit.roadmap import roadmap
from hitless.cli.render.audit import ukrainian
from hitless.domain.finding import Severity, Standing
from hitless.domain.score import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hitless.audit.engine import Report
    from hitless.domain.finding import Finding


# Subjects of rules that look at everything at once.
WHOLE = frozenset(("repository", "documentation", "README", "images", "migrations", "chain", "."))


class Language:
    """The words of a language.

    Args:
        code: ``en`` or ``uk``.
    """

    def __init__(self, code: str) -> None:
        self._words = ukrainian.WORDS if code == "uk" else {}
        self._titles = ukrainian.TITLES if code == "uk" else {}
        self._reasons = ukrainian.REASONS if code == "uk" else {}

    def word(self, text: str) -> str:
        """A heading or a fixed word."""
        return self._words.get(text, text)

    def title(self, report: Report, rule: str) -> str:
        """A rule's title."""
        return self._titles.get(rule, report.rules[rule].title)

    def reason(self, text: str) -> str:
        """Why something was not checked; several reasons stand side by side."""
        return "; ".join(self._one_reason(one) for one in text.split("; "))

    def _one_reason(self, text: str) -> str:
        for template, said in self._reasons.items():
            found = re.fullmatch(re.escape(template).replace(r"\{\}", "(.+)"), text)
            if found:
                return said.format(*found.groups())
        return text

    def told(self, report: Report, one: Finding) -> str:
        """A finding: its own words in English, its rule and subject otherwise."""
        return (
            self._titles[one.rule] + _subject(one)
            if self._titles
            else one.message.replace("|", "\\|") or report.rules[one.rule].title
        )


def _subject(one: Finding) -> str:
    """What a finding is about, unless that is its file, or the repository as a whole."""
    subject = one.subject.removeprefix(one.place.path).strip()
    return f" ({subject})" if subject and subject not in WHOLE else ""


def markdown(report: Report, name: str, code: str = "en") -> str:
    """The whole report."""
    say = Language(code)
    return "\n".join(
        [
            f"# {say.word('Audit')}: {name}",
            "",
            *_summary(report, say),
            *_categories(report, say),
            *_critical(report, say),
            *_roadmap(report, say),
            *_findings(report, say),
            *_unlooked(report, say),
        ]
    )


def _summary(report: Report, say: Language) -> Iterator[str]:
    total = report.score.total
    if total is None:
        yield say.word("Nothing here is what the audit is about.")
        return
    verdict = say.word("ready" if report.score.ready else "not ready")
    yield f"**{say.word('Score')} {shown(total)} {say.word('of 10')}, {verdict}.**"
    yield ""
    found = Counter(one.severity for one in report.findings)
    yield f"{say.word('Files')}: {report.looked_at}. {say.word('Findings')}: " + ", ".join(
        f"{say.word(severity.value)} {found[severity]}" for severity in Severity
    )


def _categories(report: Report, say: Language) -> Iterator[str]:
    yield from ("", f"## {say.word('Categories')}", "")
    rows = []
    for part in report.score.parts:
        value = say.word("n/a") if part.value is None else shown(part.value)
        elements = "; ".join(f"{say.word(one.name)}: {say.word(one.word)}" for one in part.applying)
        rows.append((say.word(part.category.value), value, elements))
    yield from _table((say.word("Category"), say.word("Score"), say.word("Element")), rows)


def _critical(report: Report, say: Language) -> Iterator[str]:
    yield from ("", f"## {say.word('Critical gaps')}", "")
    critical = [one for one in report.findings if one.severity is Severity.CRITICAL]
    for one in critical:
        yield f"- `{one.place.path}:{one.place.line}` {one.rule}: {say.told(report, one)}"
    if not critical:
        yield say.word("None.")


def _roadmap(report: Report, say: Language) -> Iterator[str]:
    yield from ("", f"## {say.word('Roadmap')}", "")
    rows = [
        (
            move.priority,
            move.rule.id,
            say.title(report, move.rule.id),
            str(move.findings),
            f"+{shown(move.effect)}",
        )
        for move in roadmap(report)
    ]
    head = [say.word(word) for word in ("Priority", "Rule", "What is wrong", "Findings", "Effect")]
    yield from _table(head, rows)


def _findings(report: Report, say: Language) -> Iterator[str]:
    yield from ("", f"## {say.word('Findings')}", "")
    rows = [
        (
            f"`{one.place.path}:{one.place.line}`",
            one.rule,
            say.word(one.severity.value),
            say.told(report, one),
        )
        for one in report.findings
    ]
    head = [say.word(word) for word in ("Place", "Rule", "Severity", "What is wrong")]
    yield from _table(head, rows)


def _unlooked(report: Report, say: Language) -> Iterator[str]:
    yield from ("", f"## {say.word('What was not checked')}", "")
    unlooked = report.standing(Standing.NOT_CHECKED)
    for one in unlooked:
        yield f"- {one.rule} {say.title(report, one.rule)}: {say.reason(one.reason)}"
    for path in report.skipped:
        yield f"- `{path}`"
    if not unlooked and not report.skipped:
        yield say.word("None.")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"
