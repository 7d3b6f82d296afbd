"""``hitless doctor``."""

from __future__ import annotations

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.deploy.doctor import examine
from hitless.deploy.prepare import read
from hitless.domain.codec import encode


@click.command()
@as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Check that this machine can release."""
    app = quiet_app(ctx)
    found = examine(
        app.world, lambda: f"service {read(app.world, app.settings(), '').settings.service}"
    )
    if as_json:
        print_json({"checks": [encode(one) for one in found]})
    else:
        for one in found:
            echo(
                f"{'✔' if one.ok else '✘'} {one.name:<14} {one.found}", fg=None if one.ok else "red"
            )
            if one.hint:
                echo(f"  hint: {one.hint}", dim=True)
    if not all(one.ok for one in found):
        ctx.exit(1)
