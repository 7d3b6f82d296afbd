"""``hitless freeze``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.render.access import document, frozen
from hitless.cli.terminal import echo, print_json
from hitless.deploy.access import access, freeze, thaw
from hitless.domain.errors import UsageError

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@click.command()
@click.argument("off", type=click.Choice(["off"]), required=False)
@click.option(
    "--until", metavar="TIME", help="18:00, 2026-12-24T08:00, or from now on: 90m, 2h, 3d."
)
@click.option("-m", "--message", default="", help="Why, for those who are refused.")
@as_json
@click.pass_context
def command(
    ctx: click.Context, off: str | None, until: str | None, message: str, *, as_json: bool
) -> None:
    """Allow no deploys until a time; rollbacks work all the while.

    It ends by itself. "hitless freeze off" ends it now; without options the command tells
    what is in force.
    """
    world = quiet_app(ctx).world
    if off and until:
        raise UsageError("a freeze can begin or end, not both", 'choose "off" or "--until"')
    if off:
        thaw(world)
    elif until:
        now = datetime.fromtimestamp(world.clock.now())  # noqa: DTZ006  # users speak local time
        freeze(world, moment(until, now).timestamp(), message)
    found = access(world).freeze
    if as_json:
        print_json({"freeze": document(access(world))["freeze"]})
    else:
        echo(frozen(found) if found else "deploys are allowed")


def moment(text: str, now: datetime) -> datetime:
    """The time that a user means; of a clock time the next one.

    Raises:
        UsageError: when it is none.
    """
    span = re.fullmatch(r"(\d{1,4})([mhd])", text)
    if span:
        return now + timedelta(**{UNITS[span[2]]: int(span[1])})
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}", text):
            hour, minute = map(int, text.split(":"))
            today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
            return today if today > now else today + timedelta(days=1)
        return datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no time", 'write one as in "--until 18:00" or "--until 2h"'
        ) from None
