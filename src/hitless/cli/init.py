"""``hitless init``."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from hitless import app_audit
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.cli.common import as_json, quiet_app
from hitless.cli.plan import show_plan
from hitless.cli.terminal import echo, print_json, show_error
from hitless.config.load import parse
from hitless.deploy.deploy import make_plan
from hitless.domain.codec import encode
from hitless.domain.errors import AlreadyDescribed, HostError, UsageError
from hitless.domain.finding import Severity
from hitless.scaffold.ask import questions
from hitless.scaffold.propose import propose
from hitless.scaffold.write import OVERLAY, hitless_yaml, overlay

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.domain.plan import Plan
    from hitless.scaffold.proposal import Proposal


@click.command()
@click.option("--name", default="", help="The service's name; by default the directory's.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: take what was found.")
@click.option("--dry-run", is_flag=True, help="Print the files and write none.")
@click.option("--force", is_flag=True, help="Write over an earlier hitless.yaml.")
@as_json
@click.pass_context
def command(
    ctx: click.Context, *, name: str, yes: bool, dry_run: bool, force: bool, as_json: bool
) -> None:
    """Look at a Compose project and write the hitless.yaml for it.

    No other file of yours is changed. What the server has to run differently, such as images
    without your source mounted over them, goes into a Compose file of its own.
    """
    config: Path = ctx.obj["config"]
    asks = not (yes or dry_run or as_json)
    if not (dry_run or force):
        _refuse_to_overwrite(config)
    proposal = propose(app_audit.bare_tree(config.parent), name or config.parent.name)
    if asks:
        proposal = _asked(proposal)
    texts = _texts(config, proposal)
    if dry_run:
        _show(proposal, texts, as_json=as_json)
        return
    for path, text in texts.items():
        path.write_text(text)
    _tell(ctx, proposal, texts, as_json=as_json)


def _refuse_to_overwrite(config: Path) -> None:
    for path in (config, config.parent / OVERLAY):
        if path.exists():
            raise AlreadyDescribed(
                f"{path.name} is there already",
                'see what would be in it with "hitless init --dry-run", or write over it with '
                '"hitless init --force"',
            )


def _asked(proposal: Proposal) -> Proposal:
    if not sys.stdin.isatty():
        raise UsageError(
            "init asks questions, and nobody can answer here",
            'take what it finds with "hitless init --yes"',
        )
    for one in questions(proposal):
        proposal = one.answered(proposal, str(click.prompt(one.text, default=one.default)).strip())
    return proposal


def _texts(config: Path, proposal: Proposal) -> dict[Path, str]:
    """What is to be written; the schema has the last word, before anything is."""
    texts = {config: hitless_yaml(proposal)}
    parse(texts[config], config.name)
    further = overlay(proposal)
    return {**texts, config.parent / OVERLAY: further} if further else texts


def _show(proposal: Proposal, texts: dict[Path, str], *, as_json: bool) -> None:
    if as_json:
        print_json(_document(proposal, texts, None, written=False))
        return
    for path, text in texts.items():
        echo(f"# --- {path.name}\n{text}")
    _notes(proposal)


def _tell(ctx: click.Context, proposal: Proposal, texts: dict[Path, str], *, as_json: bool) -> None:
    """What was written, what the first deploy will do, and the next command."""
    app, missing = quiet_app(ctx), None
    if not as_json:
        echo(f"wrote {' and '.join(path.name for path in texts)}", bold=True)
        _notes(proposal)
    try:
        plan = make_plan(app.world, app.settings())
    except HostError as error:  # the files are right all the same
        plan, missing = None, error
    if as_json:
        print_json(_document(proposal, texts, plan, written=True))
        return
    if plan is not None:
        echo("\nWhat the first deploy will do\n", bold=True)
        show_plan(plan, as_json=False)
    elif missing is not None:
        show_error(missing)
    _next(proposal)
    _audited(app.directory)


def _audited(root: Path) -> None:
    """One line about what else stands between the repository and a safe release."""
    report = audit(app_audit.working_tree(root), rules(), today=time.strftime("%Y-%m-%d"))
    grave = [one for one in report.findings if one.severity in (Severity.CRITICAL, Severity.HIGH)]
    if grave:
        echo(f'{len(grave)} grave findings about this repository: see "hitless audit"', dim=True)


def _notes(proposal: Proposal) -> None:
    for note in proposal.notes:
        echo(f"note: {note}", err=True)


def _next(proposal: Proposal) -> None:
    unsure = [f"{one.name} {one.ready.path}" for one in proposal.sites if not one.ready.sure]
    echo("")
    if unsure:
        echo(f"Look at `ready` in hitless.yaml first: {', '.join(unsure)} was a guess.")
    echo('Runs the project under Compose now? "docker compose down" frees its port, once.')
    echo('Next: "hitless deploy"', bold=True)


def _document(
    proposal: Proposal, texts: dict[Path, str], plan: Plan | None, *, written: bool
) -> dict[str, Any]:
    return {
        "written": written,
        "files": {path.name: text for path, text in texts.items()},
        "notes": list(proposal.notes),
        "questions": [{"text": q.text, "default": q.default} for q in questions(proposal)],
        "plan": encode(plan) if plan is not None else None,
    }
