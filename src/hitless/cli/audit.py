"""``hitless audit``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hitless.audit import delegates
from hitless.cli.audit_words import FORMATS, LEVELS, Asked
from hitless.cli.look import look
from hitless.domain.finding import Persona, Severity


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--language", type=click.Choice(("en", "uk")), default="en", help="Of markdown.")
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default=Severity.HIGH.value,
    show_default=True,
    help="The least severity that makes the exit status 1.",
)
@click.option("--min-score", type=click.FloatRange(0, 10), help="Exit with 4 below this score.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever was found.")
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier --format json: only findings that it lacks fail.",
)
@click.option("--diff", "revision", help="Show only what changed since this git revision.")
@click.option("--explain-score", is_flag=True, help="Show every term of the score.")
@click.option(
    "--persona",
    type=click.Choice([one.value for one in Persona]),
    default="regular",
    show_default=True,
    help="pedantic also tells what not everybody wants to hear.",
)
@click.option(
    "--require",
    multiple=True,
    type=click.Choice([one.name for one in delegates.DELEGATES]),
    help="Exit with 5 when this scanner has something to look at and did not run.",
)
@click.pass_context
def command(ctx: click.Context, /, **words: Any) -> None:
    """Tell what keeps a repository from being released and run safely."""
    ctx.exit(look(Asked(**words)))
