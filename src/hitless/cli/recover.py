"""``hitless recover``."""

from __future__ import annotations

import click

from hitless.cli.common import acting_app, as_json
from hitless.cli.terminal import echo, print_result
from hitless.deploy.hold import hold
from hitless.deploy.plain import end_adoption
from hitless.deploy.recover import recover


@click.command()
@as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Finish or undo a deploy whose process died.

    Every command that changes something does this first.
    """
    with hold(acting_app(ctx, as_json=as_json).world, "recover") as world:
        ended = recover(world)
        adopting = end_adoption(world)
    if as_json:
        deploy, outcome = ended or (None, None)
        print_result({"deploy": deploy and deploy.id, "outcome": outcome and outcome.value})
    elif adopting:
        echo("the adoption that was interrupted has ended", bold=True)
    elif ended is None:
        echo("nothing was interrupted")
    else:
        echo(f"deploy {ended[0].id} ended: {ended[1].value}", bold=True)
