"""What ``hitless rollback`` does and prints, however its words were read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hitless.app import App
from hitless.cli.terminal import echo, print_result
from hitless.deploy.rollback import rollback
from hitless.domain.codec import encode
from hitless.domain.lock import Claim

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.domain.ports import Reporter


def turn_back(
    config: Path,
    *,
    to: str,
    wait: bool,
    message: str,
    as_json: bool,
    force: bool = False,
    debug: bool = False,
    environment: str = "",
) -> None:
    """Roll back the service of ``config`` and tell what serves."""
    app = App(config, _reporter(as_json=as_json, debug=debug), environment)
    app.interrupts.install()
    claim = Claim(message, run=os.environ.get("HITLESS_RUN", ""))
    done = rollback(app.world, to=to, wait=wait, force=force, claim=claim)
    release = done.release
    if as_json:
        document = {"changed": done.deploy is not None, "deploy": encode(done.deploy)}
        print_result(document | {"release": {"id": release.id, "version": release.version}})
    elif done.deploy is None:
        echo(f"{release} is already serving; nothing to do")
    else:
        echo(f"{release} serves again", bold=True)
        if release.settings.workers and not wait:
            echo('its workers take over behind; see "hitless status"', dim=True)


def _reporter(*, as_json: bool, debug: bool) -> Reporter:
    """Never the live one: it would take longer to import than three lines are shown."""
    if as_json:
        from hitless.cli.render.events import JsonReporter  # noqa: PLC0415  # one of two

        return JsonReporter()
    from hitless.cli.render.plain import PlainReporter  # noqa: PLC0415  # one of two

    return PlainReporter(debug=debug)
