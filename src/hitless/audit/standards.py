"""What must hold for an audit to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hitless.domain.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hitless.audit.engine import Report
    from hitless.domain.finding import Finding

FINDINGS_EXIT, SCORE_EXIT, SCANNER_EXIT = 1, 4, 5


class Standards(NamedTuple):
    """What somebody asks of a repository.

    Attributes:
        fail_on: The least severity that fails; None lets every finding pass.
        min_score: The least score; None asks for none.
        known: Fingerprints of findings that were there before and do not fail.
        required: Scanners that must have run.
    """

    fail_on: Severity | None = Severity.HIGH
    min_score: float | None = None
    known: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()

    def failing(self, report: Report) -> list[Finding]:
        """The findings that fail."""
        if self.fail_on is None:
            return []
        worst = [one for one in report.findings if one.severity.rank <= self.fail_on.rank]
        # A fingerprint loads OpenSSL, which costs as much as all the rules for Compose.
        return [one for one in worst if not self.known or one.fingerprint not in self.known]

    def lacking(self, report: Report) -> list[str]:
        """Scanners that were asked for and did not run."""
        ran = {name for name, did in report.scanners if did}
        idle = {name for name, _ in report.scanners} - ran
        return sorted(self.required & idle)

    def exit_status(self, report: Report) -> int:
        """0 when all holds; what was not looked at weighs more than what was found."""
        if self.lacking(report):
            return SCANNER_EXIT
        if self.failing(report):
            return FINDINGS_EXIT
        total = report.score.total
        if self.min_score is not None and total is not None and total < self.min_score:
            return SCORE_EXIT
        return 0


def known(fingerprints: Iterable[object]) -> frozenset[str]:
    """The fingerprints of a baseline."""
    return frozenset(str(one) for one in fingerprints)
