"""``hitless notify``."""

from __future__ import annotations

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.deploy.notify import try_out


@click.command()
@as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Send a test to every channel under notify in hitless.yaml."""
    app = quiet_app(ctx)
    told = try_out(app.world, app.settings())
    if as_json:
        print_json({"told": list(told)})
    else:
        echo(f"told {', '.join(told)}" if told else "hitless.yaml names no channel under notify")
