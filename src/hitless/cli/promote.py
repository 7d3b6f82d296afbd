"""``hitless promote``."""

from __future__ import annotations

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.deploy.wishes import Wish, ask


@click.command()
@click.option("--full", is_flag=True, help="Go on with every further share, too, to all users.")
@as_json
@click.pass_context
def command(ctx: click.Context, *, full: bool, as_json: bool) -> None:
    """Go on with a canary: its next share, or all users.

    Neither the interval nor the wanted number of requests is waited for, and a pause ends.
    A canary that is bad goes back all the same.
    """
    asked = ask(quiet_app(ctx).world, Wish.ALL if full else Wish.NEXT)
    if as_json:
        print_json({"deploy": asked.deploy, "share": asked.share.percent, "wish": asked.wish})
        return
    further = "to all users" if full else "to what comes next"
    echo(f"{asked.deploy} goes on from {asked.share} {further}", bold=True)
