"""``hitless audit``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hitless import app_audit
from hitless.audit import delegates
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.audit.standards import Standards, known
from hitless.cli.terminal import colour
from hitless.domain.errors import UsageError
from hitless.domain.finding import Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.audit.engine import Report
    from hitless.audit.repository import Repository
    from hitless.domain.ports import Scanners

FORMATS = ("text", "json", "sarif", "markdown", "html", "junit", "github", "gcc")
DAY = "%Y-%m-%d"


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--language", type=click.Choice(("en", "uk")), default="en", help="Of markdown.")
@click.option(
    "--fail-on",
    type=click.Choice([*(one.value for one in Severity), "never"]),
    default="high",
    show_default=True,
    help="The least severity that makes the exit status 1.",
)
@click.option("--min-score", type=click.FloatRange(0, 10), help="Exit with 4 below this score.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever was found.")
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier --format json: only findings that it lacks fail.",
)
@click.option("--diff", "revision", help="Show only what changed since this git revision.")
@click.option("--explain-score", is_flag=True, help="Show every term of the score.")
@click.option(
    "--persona",
    type=click.Choice([one.value for one in Persona]),
    default="regular",
    show_default=True,
    help="pedantic also tells what not everybody wants to hear.",
)
@click.option(
    "--require",
    multiple=True,
    type=click.Choice([one.name for one in delegates.DELEGATES]),
    help="Exit with 5 when this scanner has something to look at and did not run.",
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    path: Path,
    form: str,
    language: str,
    fail_on: str,
    min_score: float | None,
    exit_zero: bool,
    baseline: Path | None,
    revision: str | None,
    explain_score: bool,
    persona: str,
    require: tuple[str, ...],
) -> None:
    """Tell what keeps a repository from being released and run safely."""
    root = path.resolve()
    report = _report(app_audit.working_tree(root), app_audit.scanners(root), Persona(persona))
    before = None
    if revision is not None:
        before = _report(app_audit.at_commit(root, revision), None, Persona(persona))
    click.echo(_rendered(report, before, form, root.name, language), color=colour())
    if explain_score:
        from hitless.cli.render.audit.text import explained  # noqa: PLC0415  # when asked for

        click.echo(explained(report), color=colour())
    standards = Standards(
        None if fail_on == "never" else Severity(fail_on),
        min_score,
        _known(baseline) | (known(one.fingerprint for one in before.findings) if before else set()),
        frozenset(require),
    )
    for name in standards.lacking(report):
        hint = next(one.hint for one in delegates.DELEGATES if one.name == name)
        click.echo(f"{name} is required and did not run; {hint}", err=True)
    ctx.exit(0 if exit_zero else standards.exit_status(report))


def _report(repository: Repository, scanners: Scanners | None, persona: Persona) -> Report:
    """What was found; other scanners work while our rules do."""
    running = delegates.begin(repository, scanners) if scanners is not None else []
    chosen = rules()
    today = time.strftime(DAY)
    found, ran = delegates.finish(running)
    names = delegates.standing(repository, ran)
    return audit(repository, chosen, today=today, persona=persona, scanned=found, scanners=names)


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


def _rendered(report: Report, before: Report | None, form: str, name: str, language: str) -> str:
    if form == "html":
        from hitless.cli.render.audit.html import html  # noqa: PLC0415  # jinja2 costs 0.1 s

        return html(report, name, before)
    if form == "markdown":
        from hitless.cli.render.audit.markdown import markdown  # noqa: PLC0415  # one of eight

        return markdown(report, name, language)
    if form == "text":
        from hitless.cli.render.audit import text  # noqa: PLC0415  # one of eight

        return text.text(report) if before is None else text.changes(report, before)
    return _for_machines(form)(report)


def _for_machines(form: str) -> Callable[[Report], str]:
    from hitless.cli.render.audit import machine  # noqa: PLC0415  # one of eight

    return {
        "json": machine.as_json,
        "sarif": machine.sarif,
        "junit": machine.junit,
        "github": machine.github,
        "gcc": machine.gcc,
    }[form]
