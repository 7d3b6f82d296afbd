"""``hitless rollback``."""

from __future__ import annotations

import click

from hitless.cli.common import acting_app, as_json, echo, print_json, print_result, quiet_app
from hitless.deploy.rollback import rollback, target
from hitless.domain.codec import encode


@click.command()
@click.option("--to", default="", metavar="RELEASE", help="A release's id or version.")
@click.option("--wait", is_flag=True, help="Return when the workers, too, have changed hands.")
@click.option("--dry-run", is_flag=True, help="Only tell which release would come back, and how.")
@as_json
@click.pass_context
def command(ctx: click.Context, to: str, *, wait: bool, dry_run: bool, as_json: bool) -> None:
    """Give users' traffic back to an earlier release.

    By default the one that the active release replaced. Acts on what was recorded,
    never on today's files.
    """
    if dry_run:
        release, how = target(quiet_app(ctx).world, to)
        if as_json:
            print_json({"release": {"id": release.id, "version": release.version}, "tier": how})
        else:
            echo(f"would go back to {release}: {how}")
        return
    done = rollback(acting_app(ctx, as_json=as_json).world, to=to, wait=wait)
    release = done.release
    if as_json:
        document = {"changed": done.deploy is not None, "deploy": encode(done.deploy)}
        print_result(document | {"release": {"id": release.id, "version": release.version}})
    elif done.deploy is None:
        echo(f"{release} is already serving; nothing to do")
    else:
        echo(f"{release} serves again", bold=True)
        if release.settings.workers and not wait:
            echo('its workers take over behind; see "hitless status"', dim=True)
