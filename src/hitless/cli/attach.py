"""``hitless attach``."""

from __future__ import annotations

import json

import click

from hitless.cli.common import as_json, reporting_app
from hitless.cli.conventions import INTERRUPT_EXIT
from hitless.cli.render.events import replay
from hitless.cli.runs import END, failure, find, follow
from hitless.cli.terminal import echo


@click.command()
@click.argument("run", metavar="[DEPLOY]", required=False, default="")
@as_json
@click.pass_context
def command(ctx: click.Context, run: str, *, as_json: bool) -> None:
    """Follow a deploy that runs elsewhere, to its end.

    DEPLOY is its id, or the name of the run that "deploy --detach" printed; by default
    the last one. Ends with the deploy's own exit status; Ctrl-C ends only the following.
    """
    app = reporting_app(ctx, as_json=as_json)
    try:
        for event in follow(app, find(app, run)):
            if as_json:
                click.echo(json.dumps(event))
            else:
                replay(event, app.reporter)
    except KeyboardInterrupt:
        click.echo('the deploy goes on; stop it with "hitless abort"', err=True)
        ctx.exit(INTERRUPT_EXIT)
    if event["event"] == END and event["status"] and not as_json:
        raise failure(event)
    for line in () if as_json else event["summary"]:
        echo(line)
    ctx.exit(event["status"])
