"""``hitless recover``."""

from __future__ import annotations

import click

from hitless.cli.common import acting_app, as_json
from hitless.cli.terminal import echo, print_result
from hitless.deploy.copy import end_rehearsal
from hitless.deploy.hold import hold
from hitless.deploy.plain import end_adoption
from hitless.deploy.recover import recover


@click.command()
@as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Finish or undo a deploy whose process died.

    Every command that changes something does this first. The copy that a killed rehearsal
    left is removed by this one, and by the next rehearsal.
    """
    app = acting_app(ctx, as_json=as_json)
    with hold(app.world, "recover") as world:
        ended = recover(world)
        adopting = end_adoption(world)
    rehearsing = end_rehearsal(app.copy())
    if as_json:
        deploy, outcome = ended or (None, None)
        told = {"deploy": deploy and deploy.id, "outcome": outcome and outcome.value}
        print_result({**told, "copy_removed": rehearsing})
        return
    if adopting:
        echo("the adoption that was interrupted has ended", bold=True)
    elif ended:
        echo(f"deploy {ended[0].id} ended: {ended[1].value}", bold=True)
    if rehearsing:
        echo("the copy of a rehearsal that was interrupted is removed", bold=True)
    elif not adopting and not ended:
        echo("nothing was interrupted")
