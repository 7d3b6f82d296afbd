"""What commands share: the app they act on, and ``--json``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from hitless.app import App
from hitless.cli.main import colour
from hitless.cli.render.plain import PlainReporter

if TYPE_CHECKING:
    from hitless.domain.ports import Reporter

FORMAT = 1
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def quiet_app(ctx: click.Context) -> App:
    """The service, for commands that only look."""
    return App(ctx.obj["config"], PlainReporter(quiet=True))


def acting_app(ctx: click.Context, *, as_json: bool) -> App:
    """The service, for commands that change something: signals lead to a safe end."""
    app = App(ctx.obj["config"], _reporter(ctx, as_json=as_json))
    app.interrupts.install()
    return app


def print_json(document: dict[str, Any]) -> None:
    """One JSON document, with the version of its shape."""
    click.echo(json.dumps({"format": FORMAT, **document}, indent=2))


def print_result(document: dict[str, Any]) -> None:
    """The last of a command's JSON lines, with the version of its shape."""
    click.echo(json.dumps({"event": "result", "format": FORMAT, **document}))


def echo(text: str = "", **style: Any) -> None:
    """A line on standard output, styled when it is a terminal."""
    click.echo(click.style(text, **style) if style else text, color=colour())


def _reporter(ctx: click.Context, *, as_json: bool) -> Reporter:
    if as_json:
        from hitless.cli.render.events import JsonReporter  # noqa: PLC0415  # one of three

        return JsonReporter()
    if sys.stdout.isatty() and not ctx.obj["debug"]:
        from hitless.cli.render.live import LiveReporter  # noqa: PLC0415  # rich costs 0.1 s

        return LiveReporter()
    return PlainReporter(debug=ctx.obj["debug"])
