"""What ``hitless audit`` does and prints, however its words were read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hitless import app_audit
from hitless.audit import delegates
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.audit.standards import Standards, known
from hitless.cli.audit_words import NEVER
from hitless.cli.terminal import echo, show
from hitless.domain.errors import UsageError
from hitless.domain.finding import Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hitless.audit.engine import Report
    from hitless.audit.repository import Repository
    from hitless.cli.audit_words import Asked
    from hitless.domain.ports import Scanners

DAY = "%Y-%m-%d"


def look(asked: Asked) -> int:
    """Audit a repository and tell.

    Returns:
        The exit status.
    """
    root, persona = asked.path.resolve(), Persona(asked.persona)
    report = _report(app_audit.working_tree(root), app_audit.scanners(root), persona)
    before = None
    if asked.revision is not None:
        before = _report(app_audit.at_commit(root, asked.revision), None, persona)
    show(_rendered(report, before, asked, root.name))
    if asked.explain_score:
        from hitless.cli.render.audit.text import explained  # noqa: PLC0415  # when asked for

        show(explained(report))
    standards = _standards(asked, before)
    for name in standards.lacking(report):
        hint = next(one.hint for one in delegates.DELEGATES if one.name == name)
        echo(f"{name} is required and did not run; {hint}", err=True)
    return 0 if asked.exit_zero else standards.exit_status(report)


def _report(repository: Repository, scanners: Scanners | None, persona: Persona) -> Report:
    """What was found; other scanners work while our rules do."""
    running = delegates.begin(repository, scanners) if scanners is not None else []
    chosen = rules()
    today = time.strftime(DAY)
    found, ran = delegates.finish(running)
    names = delegates.standing(repository, ran)
    return audit(repository, chosen, today=today, persona=persona, scanned=found, scanners=names)


def _standards(asked: Asked, before: Report | None) -> Standards:
    there = known(one.fingerprint for one in before.findings) if before else frozenset()
    return Standards(
        None if asked.fail_on == NEVER else Severity(asked.fail_on),
        asked.min_score,
        _known(asked.baseline) | there,
        frozenset(asked.require),
    )


def _known(baseline: Path | None) -> frozenset[str]:
    if baseline is None:
        return frozenset()
    import json  # noqa: PLC0415  # only with a baseline

    try:
        return known(one["fingerprint"] for one in json.loads(baseline.read_text())["findings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{baseline} is no baseline: {error!r}",
            'write one with "hitless audit --format json > audit-baseline.json"',
        ) from error


def _rendered(report: Report, before: Report | None, asked: Asked, name: str) -> str:
    if asked.form == "html":
        from hitless.cli.render.audit.html import html  # noqa: PLC0415  # jinja2 costs 0.1 s

        return html(report, name, before)
    if asked.form == "markdown":
        from hitless.cli.render.audit.markdown import markdown  # noqa: PLC0415  # one of eight

        return markdown(report, name, asked.language)
    if asked.form == "text":
        from hitless.cli.render.audit import text  # noqa: PLC0415  # one of eight

        return text.text(report) if before is None else text.changes(report, before)
    return _for_machines(asked.form)(report)


def _for_machines(form: str) -> Callable[[Report], str]:
    from hitless.cli.render.audit import machine  # noqa: PLC0415  # one of eight

    return {
        "json": machine.as_json,
        "sarif": machine.sarif,
        "junit": machine.junit,
        "github": machine.github,
        "gcc": machine.gcc,
    }[form]
