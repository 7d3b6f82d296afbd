"""``hitless down``."""

from __future__ import annotations

import click

from hitless.cli.common import acting_app, as_json, claim, message
from hitless.cli.terminal import echo, print_result
from hitless.deploy.down import down


@click.command()
@click.option("--volumes", is_flag=True, help="Remove the data, too. It cannot be brought back.")
@click.option("--images", is_flag=True, help="Remove the releases' images, too.")
@message
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_context
def command(
    ctx: click.Context, message: str, *, volumes: bool, images: bool, yes: bool, as_json: bool
) -> None:
    """Remove a service from this machine: containers and networks.

    Data stays in its volumes, and the history in .hitless, unless you ask otherwise.
    """
    if not yes:
        data = " and its data" if volumes else ""
        click.confirm(f"Stop serving and remove the service{data}?", abort=True)
    world = acting_app(ctx, as_json=as_json).world
    removed = down(world, volumes=volumes, images=images, claim=claim(message))
    if as_json:
        print_result({"removed": list(removed)})
    else:
        echo(f"removed {len(removed)} things" if removed else "there was nothing to remove")
