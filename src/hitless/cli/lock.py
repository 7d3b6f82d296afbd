"""``hitless lock``."""

from __future__ import annotations

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.render.access import document, tell
from hitless.cli.terminal import echo, print_json
from hitless.deploy.access import access


@click.command()
@as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Show who changes the service now, who waits, and a freeze.

    There is nothing to release by hand: the kernel frees the lock when its holder ends.
    """
    found = access(quiet_app(ctx).world)
    if as_json:
        print_json(document(found))
        return
    tell(found)
    if not (found.held or found.waiting or found.freeze):
        echo("nobody holds the lock, and deploys are allowed")
