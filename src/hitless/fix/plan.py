"""Which files become how, so that findings are closed and none is opened.

Fixes run one after another, each on the files as the earlier ones left them, until nothing
changes any more: a healthcheck that one adds is what another waits for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hitless.audit.engine import audit
from hitless.audit.repository import Repository
from hitless.domain.finding import Fix, Persona, Severity
from hitless.fix.catalogue import fixes_of
from hitless.fix.draft import Draft
from hitless.fix.overlay import OverlayFiles, RememberedFiles, exact
from hitless.fix.step import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hitless.audit.engine import Report
    from hitless.audit.registry import Rule
    from hitless.domain.finding import Finding
    from hitless.domain.ports import Files
    from hitless.fix.registry import Fix as Fixing
    from hitless.fix.step import Step

GRAVE = (Severity.CRITICAL, Severity.HIGH)
ROUNDS = 6  # a fix may make room for another, and that for a third; nothing takes longer
WITHOUT_REVIEW = frozenset((Fix.SAFE, Fix.GENERATE))
WITH_REVIEW = WITHOUT_REVIEW | {Fix.REVIEW}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be fixed.

    Attributes:
        today: As ``YYYY-MM-DD``, for ignores that end.
        only: Ids of rules; all when empty.
        unsafe: Fixes that somebody has to read, too.
        persona: For whom the audit speaks.
        name: What the repository's folder is called.
    """

    today: str
    only: frozenset[str] = frozenset()
    unsafe: bool = False
    persona: Persona = Persona.REGULAR
    name: str = ""

    def covers(self, rule: Rule) -> bool:
        """This rule's fix may be applied; naming it is no permission to leave it unread."""
        kinds = WITH_REVIEW if self.unsafe else WITHOUT_REVIEW
        return rule.fix in kinds and (not self.only or rule.id in self.only)


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file, before and after.

    Attributes:
        before: None when it is new.
    """

    path: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one rule's fix.

    Attributes:
        closed: The findings that are gone by it.
        refusals: What it leaves to a person, and why.
    """

    rule: str
    closed: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class FixPlan:
    """What ``hitless fix`` would do.

    Attributes:
        files: Those that become different, by path.
        told: One a rule whose fix was asked.
        before: The audit of the repository as it is; ``after`` as it would be.
    """

    files: tuple[FileChange, ...]
    told: tuple[Told, ...]
    before: Report
    after: Report
    wish: Wish

    def why_remains(self, finding: Finding) -> str:
        """Why a finding of :attr:`after` is still there."""
        for told in self.told:
            for one in told.refusals if told.rule == finding.rule else ():
                if one.place in (finding.place, finding.place._replace(line=1)):
                    return one.reason
        return _why_open(self.after.rules[finding.rule], self.wish)


def _why_open(rule: Rule, wish: Wish) -> str:
    if wish.only and rule.id not in wish.only:
        return "not asked for"
    if rule.fix is Fix.NONE:
        return "only a person can do it"
    if not wish.covers(rule):
        return "has to be read by somebody: --unsafe"
    return "the fix does not cover it"


def plan(files: Files, rules: Sequence[Rule], wish: Wish) -> FixPlan:
    """The plan that closes most.

    Args:
        files: The repository.
        rules: Those that are audited.
        wish: What of it may be changed.

    Raises:
        ConfigInvalid: when the audit's section of hitless.yaml cannot be used.
        RuntimeError: when a rule or a fix crashes: that is a bug.
    """
    kept = RememberedFiles(files)
    quick = _Run(kept, rules, wish).done(careful=False)
    if _graver(quick.before, quick.after):  # one of them did it; find out which
        return _Run(kept, rules, wish).done(careful=True)
    return quick


def _graver(before: Report, after: Report) -> list[Finding]:
    """Grave findings that were not there, and took no other's place.

    A rule that was broken by the stage that is deployed is not broken more by the next one.
    """
    old, new = ({one.fingerprint: one for one in r.findings} for r in (before, after))
    gone = Counter(one.rule for key, one in old.items() if key not in new)
    found = []
    for one in (one for key, one in new.items() if key not in old and one.severity in GRAVE):
        gone[one.rule] -= 1
        found += [one] if gone[one.rule] < 0 else []
    return found


@dataclass(slots=True)
class _Run:
    """One attempt."""

    files: Files
    rules: Sequence[Rule]
    wish: Wish
    texts: dict[str, str] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)

    def done(self, *, careful: bool) -> FixPlan:
        """All rounds; ``careful`` audits everything after each fix."""
        before = after = self._audit(self._repository(self.texts), self.rules)
        for _ in range(ROUNDS):
            texts = dict(self.texts)
            self._round(after, careful=careful)
            if texts == self.texts:
                break
            after = self._audit(self._repository(self.texts), self.rules)
        return FixPlan(self._changes(), tuple(self.told.values()), before, after, self.wish)

    def _round(self, report: Report, *, careful: bool) -> None:
        failing = {one.rule for one in report.findings}
        wanted = [one for one in self.rules if one.id in failing and self.wish.covers(one)]
        fixes = [(rule, fixing) for rule in wanted for fixing in fixes_of(rule)]
        for rule, fixing in sorted(fixes, key=lambda pair: (pair[1].turn, pair[0].id)):
            self._try(rule, fixing, careful=careful)

    def _try(self, rule: Rule, fixing: Fixing, *, careful: bool) -> None:
        repository = self._repository(self.texts)
        report = self._audit(repository, self.rules if careful else [rule])
        findings = [one for one in report.findings if one.rule == rule.id]
        if not findings:
            return
        draft = Draft(OverlayFiles(self.files, self.texts))
        _take(draft, fixing, lambda: fixing.steps(repository, findings))
        texts = {**self.texts, **draft.texts}
        told = Told(rule.id, refusals=tuple(draft.refusals))
        if texts == self.texts and not told.refusals:
            return  # another fix of the rule may have had more to say
        if texts != self.texts:
            after = self._audit(self._repository(texts), self.rules if careful else [rule])
            told = _judged(told, report, after)
            self.texts = texts if told.closed else self.texts
        self._tell(told)

    def _tell(self, told: Told) -> None:
        """The refusals of the last round, the closed findings of all."""
        earlier = self.told.get(told.rule, Told(told.rule))
        self.told[told.rule] = replace(told, closed=(*earlier.closed, *told.closed))

    def _repository(self, texts: dict[str, str]) -> Repository:
        return Repository(OverlayFiles(self.files, dict(texts)), self.wish.name)

    def _audit(self, repository: Repository, rules: Sequence[Rule]) -> Report:
        return audit(repository, rules, today=self.wish.today, persona=self.wish.persona)

    def _changes(self) -> tuple[FileChange, ...]:
        there = set(self.files.paths())
        pairs = [
            (path, exact(self.files, path) if path in there else None)
            for path in sorted(self.texts)
        ]
        return tuple(FileChange(p, old, self.texts[p]) for p, old in pairs if old != self.texts[p])


def _take(draft: Draft, fixing: Fixing, steps: Callable[[], Iterable[Step]]) -> None:
    try:
        draft.take(steps())
    except Exception as error:
        raise RuntimeError(f"fix of {fixing.rule} ({fixing.slug}) failed: {error!r}") from error


def _judged(told: Told, before: Report, after: Report) -> Told:
    """What the fix closed; nothing when it opened something."""
    left = {one.fingerprint for one in after.findings}
    mine = [one for one in before.findings if one.rule == told.rule]
    closed = tuple(one for one in mine if one.fingerprint not in left)
    opened = _opened(told.rule, before, after)
    if closed and not opened:
        return replace(told, closed=closed)
    why = "its finding would still be there"
    if opened:
        why = f"it would open another: {opened[0].rule} at {_shown(opened[0])}"
    dropped = (Refusal(one.place, why) for one in mine)
    return replace(told, refusals=(*told.refusals, *dropped))


def _opened(rule: str, before: Report, after: Report) -> list[Finding]:
    old = {one.fingerprint for one in before.findings}
    own = [f for f in after.findings if f.rule == rule and f.fingerprint not in old]
    return [*_graver(before, after), *own]


def _shown(finding: Finding) -> str:
    return f"{finding.place.path}:{finding.place.line}"
