"""What commands share: the app they act on, and ``--json``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from hitless.app import App
from hitless.cli.render.plain import PlainReporter
from hitless.domain.lock import Claim

if TYPE_CHECKING:
    from hitless.domain.ports import Reporter

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


message = click.option("-m", "--message", default="", help="Why, for others who meet the lock.")


def claim(message: str, patience: float = Claim().patience) -> Claim:
    """What this command says when it asks for the lock."""
    return Claim(message, patience, os.environ.get("HITLESS_RUN", ""))


def quiet_app(ctx: click.Context) -> App:
    """The service, for commands that only look."""
    return App(ctx.obj["config"], PlainReporter(quiet=True), ctx.obj["environment"])


def reporting_app(ctx: click.Context, *, as_json: bool) -> App:
    """The service, for commands that watch others change it: Ctrl-C only ends watching."""
    return App(ctx.obj["config"], _reporter(ctx, as_json=as_json), ctx.obj["environment"])


def acting_app(ctx: click.Context, *, as_json: bool) -> App:
    """The service, for commands that change something: signals lead to a safe end."""
    app = reporting_app(ctx, as_json=as_json)
    app.interrupts.install()
    return app


def _reporter(ctx: click.Context, *, as_json: bool) -> Reporter:
    if as_json:
        from hitless.cli.render.events import JsonReporter  # noqa: PLC0415  # one of three

        return JsonReporter()
    if sys.stdout.isatty() and not ctx.obj["debug"]:
        from hitless.cli.render.live import LiveReporter  # noqa: PLC0415  # rich costs 0.1 s

        return LiveReporter()
    return PlainReporter(debug=ctx.obj["debug"])
