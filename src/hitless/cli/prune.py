"""``hitless prune``."""

from __future__ import annotations

import click

from hitless.cli.common import acting_app, as_json, claim, message
from hitless.cli.terminal import echo, print_result
from hitless.deploy.prune import Keep, prune
from hitless.domain.codec import encode

USUAL = Keep()


@click.command()
@click.option("--keep", type=int, help="How many releases; by default retain of hitless.yaml.")
@click.option(
    "--keep-logs", default=USUAL.logs, show_default=True, help="How many event logs of deploys."
)
@click.option(
    "--keep-certificates", default=USUAL.certificates, show_default=True, help="How many of them."
)
@click.option("--dry-run", is_flag=True, help="Tell what would be removed, and remove nothing.")
@message
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    keep: int | None,
    keep_logs: int,
    keep_certificates: int,
    message: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Remove what nobody goes back to: old releases, logs, certificates.

    What is in a slot and what a rollback would bring back stays, and so does everything
    that Hitless did not make.
    """
    world = acting_app(ctx, as_json=as_json).world
    wish = Keep(keep, keep_logs, keep_certificates)
    found = prune(world, wish, dry_run=dry_run, claim=claim(message))
    if as_json:
        print_result({"dry_run": dry_run, **encode(found)})
        return
    for kind, names in (
        ("release", found.releases), ("image", found.images), ("file", found.files),
    ):  # fmt: skip
        for name in names:
            echo(f"{kind:<8} {name}")
    done = "would be removed" if dry_run else "removed"
    count = len(found.releases) + len(found.images) + len(found.files)
    echo(f"{count} things {done}" if found else "there is nothing to remove", bold=True)
