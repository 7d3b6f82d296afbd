"""``hitless abort``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hitless.cli.common import as_json, reporting_app
from hitless.cli.terminal import echo, print_result
from hitless.deploy.abort import abort
from hitless.domain.codec import encode
from hitless.domain.errors import HumanNeeded
from hitless.domain.journal import Outcome

if TYPE_CHECKING:
    from hitless.deploy.abort import Aborted

# What the user wanted did not come true: the release serves, or the end is not known.
FAILED = {Outcome.LIVE: 1, Outcome.RUNNING: 1, Outcome.NEEDS_HUMAN: HumanNeeded.exit_status}


@click.command()
@click.option("--run", default="", metavar="KEY", help="Only the command that has this key.")
@as_json
@click.pass_context
def command(ctx: click.Context, run: str, *, as_json: bool) -> None:
    """Ask the running command to stop and undo what it began.

    Waits for its end. Before the commit point everything begun is undone, users do not
    notice; after it the release stays, and this command ends with 1.
    """
    aborted = abort(reporting_app(ctx, as_json=as_json).world, run)
    outcome = aborted.deploy.outcome if aborted and aborted.deploy else None
    if as_json:
        deploy = encode(aborted.deploy) if aborted else None
        print_result({"command": aborted and aborted.command, "deploy": deploy})
    else:
        echo(_told(aborted), bold=True)
    ctx.exit(FAILED.get(outcome, 0) if outcome else 0)


def _told(aborted: Aborted | None) -> str:
    if aborted is None:
        return "nothing is running"
    if aborted.deploy is None:
        return f"{aborted.command} ended before it changed anything"
    if aborted.deploy.outcome is Outcome.RUNNING:
        return f'{aborted.command} ended and left {aborted.deploy.id} open: run "hitless recover"'
    late = " (too late: it was past its commit point)"
    told = f"{aborted.command} ended, {aborted.deploy.id}: {aborted.deploy.outcome.value}"
    return told + (late if aborted.deploy.outcome is Outcome.LIVE else "")
