"""``hitless maintenance``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.deploy.maintenance import begin, end
from hitless.domain.codec import encode

if TYPE_CHECKING:
    from hitless.domain.maintenance import Maintenance


@click.command()
@click.argument("wish", type=click.Choice(["on", "off"]), required=False)
@click.option("-m", "--message", default="", help="Why, for who looks at the status.")
@as_json
@click.pass_context
def command(ctx: click.Context, wish: str | None, message: str, *, as_json: bool) -> None:
    """Give users a page instead of the service, and back.

    Deploys and rollbacks work behind it. Who sends the key in .hitless/edge/key as
    X-Hitless-Key gets the service all the while. Without a word the command tells whether
    it is on.
    """
    app = quiet_app(ctx)
    if wish == "on":
        begin(app.world, app.settings(), message)
    elif wish == "off":
        end(app.world)
    found = app.world.edge.maintenance()
    if as_json:
        print_json({"maintenance": encode(found)})
    else:
        echo(told(found) if found else "users get the service")


def told(found: Maintenance) -> str:
    """One line for people."""
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(found.since))
    why = f": {found.reason}" if found.reason else ""
    return f"maintenance since {since} by {found.actor or 'somebody'}{why}"
