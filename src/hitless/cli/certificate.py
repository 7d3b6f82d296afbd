"""Certificates and pages of deploys, as commands write and print them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from hitless.cli.terminal import echo, print_json
from hitless.deploy.certificate import certify, certify_missed, check, path_of
from hitless.deploy.record import record
from hitless.domain.errors import HitlessError, StateError
from hitless.domain.journal import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.deploy.context import World
    from hitless.deploy.record import Record


def show_certificate(world: World, deploy_id: str, *, as_json: bool) -> None:
    """Print a certificate, or where it and its page lie; what is missing is written first.

    Raises:
        StateError: when the deploy has not ended, or its certificate cannot be written.
        JournalBroken: when the journal is no longer what the certificate names.
    """
    path = path_of(world, deploy_id)
    if world.store.deploy(deploy_id).outcome is Outcome.RUNNING:
        raise StateError(
            f"deploy {deploy_id} has not ended, so nothing is certified yet",
            'follow it with "hitless attach"',
        )
    if not path.exists():
        certify(world, deploy_id)
    _write_missing_page(world, path)
    certified = _read(path)
    check(world.store, certified)
    if as_json:
        print_json(certified)
    else:
        echo(str(path))
        echo(str(path.with_suffix(".html")))


def write_pages(world: World) -> None:
    """Write the pages of all certificates that have none; a deploy never fails by it."""
    try:
        certify_missed(world)
        for path in path_of(world, "").parent.glob("*.json"):
            _write_missing_page(world, path)
    except (HitlessError, OSError) as error:
        world.reporter.say(f"the page of a certificate could not be written: {error}")


def write_page(found: Record, path: Path) -> None:
    """Everything about one deploy as one file."""
    from hitless.cli.render.page import page  # noqa: PLC0415  # Jinja2 costs 0.1 s
    from hitless.cli.render.report import html  # noqa: PLC0415

    path.write_text(html(page(found, time.time())))


def _write_missing_page(world: World, path: Path) -> None:
    from hitless.cli.render.page import certificate_page  # noqa: PLC0415  # Jinja2 costs 0.1 s
    from hitless.cli.render.report import html  # noqa: PLC0415

    if not path.exists() or path.with_suffix(".html").exists():
        return
    found = record(world.store, path.stem)
    text = html(certificate_page(found, time.time(), _read(path)))
    path.with_suffix(".html").touch(0o600)
    path.with_suffix(".html").write_text(text)


def _read(path: Path) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise StateError(
            f"the certificate {path} cannot be read: {error}",
            f'have it written anew with "rm {path}" and "hitless show {path.stem} --certificate"',
        ) from error
    return found
