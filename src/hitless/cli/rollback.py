"""``hitless rollback``, read by click; see :mod:`hitless.cli.entry` for the short way."""

from __future__ import annotations

import click

from hitless.cli.common import as_json, message, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.cli.turn_back import turn_back
from hitless.deploy.rollback import target


@click.command()
@click.option("--to", default="", metavar="RELEASE", help="A release's id or version.")
@click.option("--wait", is_flag=True, help="Return when the workers, too, have changed hands.")
@message
@click.option("--dry-run", is_flag=True, help="Only tell which release would come back, and how.")
@as_json
@click.pass_context
def command(
    ctx: click.Context, to: str, message: str, *, wait: bool, dry_run: bool, as_json: bool
) -> None:
    """Give users' traffic back to an earlier release.

    By default the one that the active release replaced. Acts on what was recorded,
    never on today's files.
    """
    if not dry_run:
        turn_back(**ctx.obj, to=to, wait=wait, as_json=as_json, message=message)
        return
    release, how = target(quiet_app(ctx).world, to)
    if as_json:
        print_json({"release": {"id": release.id, "version": release.version}, "tier": how})
    else:
        echo(f"would go back to {release}: {how}")
