"""Runs the rules over a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hitless.audit.ignore import Ignores, in_comments
from hitless.audit.settings import FILE, settings
from hitless.domain.finding import Finding, Persona, Place, Result, Standing
from hitless.domain.score import Score, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hitless.audit.check import Check
    from hitless.audit.registry import Rule
    from hitless.audit.repository import Repository


class Report(NamedTuple):
    """What an audit found.

    Attributes:
        results: One a rule, by id.
        notices: Ignores that are not in force or cover nothing.
        skipped: Files that were too large to look at.
        looked_at: How many files there are.
        scanners: Other programs, and whether each of them ran.
    """

    rules: dict[str, Rule]
    results: tuple[Result, ...]
    score: Score
    notices: tuple[tuple[Place, str], ...] = ()
    skipped: tuple[str, ...] = ()
    looked_at: int = 0
    scanners: tuple[tuple[str, bool], ...] = ()

    @property
    def findings(self) -> list[Finding]:
        """All that nobody accepted, by file and line."""
        return [one for one in self._all() if not one.ignored]

    @property
    def ignored(self) -> list[Finding]:
        """What somebody accepted."""
        return [one for one in self._all() if one.ignored]

    def _all(self) -> list[Finding]:
        found = [finding for result in self.results for finding in result.findings]
        return sorted(found, key=lambda one: (one.place, one.severity.rank, one.rule))

    def standing(self, standing: Standing) -> list[Result]:
        """The results of one kind."""
        return [one for one in self.results if one.standing is standing]


def audit(
    repository: Repository,
    rules: Sequence[Rule],
    *,
    today: str,
    persona: Persona = Persona.REGULAR,
    scanned: dict[str, tuple[Check, ...]] | None = None,
    scanners: tuple[tuple[str, bool], ...] = (),
) -> Report:
    """Every rule's result, and the score.

    Args:
        repository: What is audited.
        rules: Those to run; pedantic ones are left out for the regular persona.
        persona: For whom it speaks.
        today: As ``YYYY-MM-DD``, for ignores that end.
        scanned: What other programs found, by the id of our rule.
        scanners: Which of them ran.

    Raises:
        ConfigInvalid: when the audit's section of hitless.yaml cannot be used.
        RuntimeError: when a rule crashes: that is a bug, and never passed over.
    """
    chosen = [one for one in rules if persona is Persona.PEDANTIC or one.persona is persona]
    wishes = settings(repository.text(FILE))
    told = {one.id: _told(one, repository, (scanned or {}).get(one.id, ())) for one in chosen}
    ignores = Ignores([*wishes.ignores, *in_comments(repository.read_texts())], today)
    results = tuple(_result(one, told[one.id], ignores) for one in chosen)
    counted = {one.id: one.weighed for one in chosen if one.element}
    return Report(
        rules={one.id: one for one in chosen},
        results=results,
        score=score(results, counted, wishes.weights),
        notices=tuple(sorted(ignores.notices())),
        skipped=tuple(sorted(set(repository.skipped))),
        looked_at=len(repository.paths),
        scanners=scanners,
    )


def _told(rule: Rule, repository: Repository, scanned: tuple[Check, ...]) -> list[Check]:
    try:
        own = [*rule.check(repository)]
    except Exception as error:
        raise RuntimeError(f"rule {rule.id} ({rule.slug}) failed: {error!r}") from error
    told = {one.place for one in own}
    return [*own, *(one for one in scanned if one.place not in told)]  # the same flaw once


def _result(rule: Rule, checks: Sequence[Check], ignores: Ignores) -> Result:
    reasons = [one.unchecked for one in checks if one.unchecked]
    looked = [one for one in checks if not one.unchecked]
    if not looked:
        standing = Standing.NOT_CHECKED if reasons else Standing.NOT_APPLICABLE
        return Result(rule.id, standing, reason="; ".join(reasons))
    found = [ignores.mark(_finding(rule, one)) for one in looked if one.place]
    failing = {one.subject for one in found if not one.ignored}
    subjects = {one.subject for one in looked}
    value = 1.0 - len(failing) / len(subjects)
    return Result(rule.id, Standing.CHECKED, value, len(subjects), _unique(found))


def _finding(rule: Rule, check: Check) -> Finding:
    place = check.place or Place("", 1)
    return Finding(rule.id, rule.severity, place, check.subject, check.message, check.value)


def _unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One line may serve many services; its flaw is told once."""
    return tuple({(one.place, one.message): one for one in reversed(list(findings))}.values())
