"""``hitless config``."""

from __future__ import annotations

import json

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.deploy.prepare import read
from hitless.domain.codec import encode


@click.group()
def command() -> None:
    """Check, show and document hitless.yaml."""


@command.command()
@as_json
@click.pass_context
def check(ctx: click.Context, *, as_json: bool) -> None:
    """Hold hitless.yaml against its schema and against the Compose files."""
    app = quiet_app(ctx)
    source = read(app.world, app.settings(), "")
    services = sorted(source.model["services"])
    if as_json:
        print_json({"ok": True, "services": services})
    else:
        echo(f"{app.config.name} is right: {', '.join(services)}")


@command.command()
@click.pass_context
def show(ctx: click.Context) -> None:
    """Print the settings with every default filled in."""
    import yaml  # noqa: PLC0415  # only here

    echo(yaml.safe_dump(encode(quiet_app(ctx).settings()), sort_keys=False, allow_unicode=True))


@command.command()
def schema() -> None:
    """Print the JSON Schema of hitless.yaml, for editors."""
    from hitless.config.schema import HitlessFile  # noqa: PLC0415  # pydantic costs 0.1 s

    document = HitlessFile.model_json_schema()
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    # x- keys are the user's own: anchors, notes.
    document["patternProperties"] = {"^x-": {}}
    echo(json.dumps(document, indent=2))
