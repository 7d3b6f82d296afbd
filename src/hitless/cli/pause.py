"""``hitless pause``."""

from __future__ import annotations

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.deploy.wishes import Wish, ask


@click.command()
@as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Keep a canary at its share until somebody goes on.

    It is watched all the while, and goes back when it is bad.
    """
    asked = ask(quiet_app(ctx).world, Wish.PAUSE)
    if as_json:
        print_json({"deploy": asked.deploy, "share": asked.share.percent, "wish": asked.wish})
        return
    echo(f"{asked.deploy} stays at {asked.share}", bold=True)
    echo('go on with "hitless promote", or go back with "hitless abort"', dim=True)
