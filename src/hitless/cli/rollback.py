"""``hitless rollback``, read by click; see :mod:`hitless.cli.entry` for the short way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hitless.cli.common import as_json, message, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.cli.turn_back import turn_back
from hitless.deploy.forecast import forecast

if TYPE_CHECKING:
    from hitless.deploy.forecast import Forecast


@click.command()
@click.option(
    "--to",
    default="",
    metavar="RELEASE",
    help="A release's id or version; of several builds of a version, the one that served last.",
)
@click.option("--wait", is_flag=True, help="Return when the workers, too, have changed hands.")
@click.option(
    "--force-data-risk",
    "force",
    is_flag=True,
    help="Also to a release whose part of the schema a contract migration took away.",
)
@message
@click.option(
    "--dry-run", is_flag=True, help="Only tell which release would come back, how and how fast."
)
@as_json
@click.pass_context
def command(ctx: click.Context, /, *, dry_run: bool, to: str, as_json: bool, **words: Any) -> None:
    """Give users' traffic back to an earlier release.

    By default the one that the active release replaced. Acts on what was recorded,
    never on today's files.
    """
    if not dry_run:
        turn_back(**ctx.obj, to=to, as_json=as_json, **words)
        return
    found = forecast(quiet_app(ctx).world, to)
    if as_json:
        print_json(_document(found))
    else:
        _tell(found)


def _document(found: Forecast) -> dict[str, Any]:
    return {
        "release": {"id": found.release.id, "version": found.release.version},
        "tier": found.tier,
        "seconds": found.seconds,
        "measured": found.measured,
        "source": found.source,
        "schema": str(found.schema),
        "refused": found.refused,
    }


def _tell(found: Forecast) -> None:
    echo(f"would go back to {found.release}: {found.tier}")
    echo(f"  time    {_time(found)}")
    echo(f"  schema  {found.schema}: {found.schema_told}")
    if found.refused:
        echo('  refused, unless with "hitless rollback --force-data-risk"', bold=True)


def _time(found: Forecast) -> str:
    if found.seconds is None:
        return "not measured yet"
    if found.source == "its deploy":
        return f"{found.seconds:.1f} s, as in its deploy"
    if found.source != "rollbacks":
        return f"{found.seconds:.2f} s, by {found.source}"
    many = f"{found.measured} earlier {found.tier} rollbacks"
    return f"{found.seconds:.2f} s, the median of {many}"
