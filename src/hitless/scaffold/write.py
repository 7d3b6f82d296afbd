"""The texts of hitless.yaml and of the Compose file beside the project's own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from hitless.domain.settings import Handover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.scaffold.proposal import Change, Proposal, Site, Way

OVERLAY = "compose.hitless.yml"
HEAD = """\
# What Hitless has to know about this project. Written by "hitless init"; yours to change.
# Is it right: "hitless config check". Every key: "hitless config schema".
"""
OVERLAY_HEAD = """\
# What the server runs differently from your own machine. Written by "hitless init"; Compose
# lays it over your own file, which stays as it is. Mounts that are left out here would hide
# the code that the images contain.
services:
"""


def hitless_yaml(proposal: Proposal) -> str:
    """The text of hitless.yaml."""
    files = [*proposal.compose, *([OVERLAY] if proposal.changes else [])]
    parts = [
        f"{HEAD}service: {_text(proposal.service)}\ncompose: {_list(files)}",
        "\n".join(_proxy(proposal)),
        "\n".join(_web(proposal)),
        "\n".join(_workers(proposal)),
        "\n".join(_others(proposal)),
        "\n".join(_migrations(proposal)),
        "\n".join(_probe(proposal)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def overlay(proposal: Proposal) -> str:
    """The text of the further Compose file; empty when none is needed."""
    if not proposal.changes:
        return ""
    return OVERLAY_HEAD + "\n".join(line for one in proposal.changes for line in _service(one))


def _proxy(proposal: Proposal) -> Iterator[str]:
    edge = proposal.edge
    if edge.service:
        yield "# The edge: takes over the image and the port of this service, and its routes."
        yield f"proxy:\n  service: {_text(edge.service)}"
    else:
        yield "# Where users arrive: Hitless brings an nginx of its own for this port, in front of"
        yield "# both slots. Your services no longer publish it themselves."
        yield f"proxy:\n  port: {edge.port}"
        if edge.address:
            yield f"  address: {_text(edge.address)}"
    if proposal.main.ready.path != "/" and not proposal.main.pages:
        yield f"  confirm: {_text(proposal.main.ready.path)}"
    yield "  routes:"
    yield from (f"    - {_way(one)}" for one in proposal.ways)


def _way(way: Way) -> str:
    more = ", websocket: true" if way.websocket else ""
    more += f", port: {way.port}" if way.port is not None else ""
    return f"{{path: {_text(way.path)}, service: {_text(way.service)}{more}}}"


def _web(proposal: Proposal) -> Iterator[str]:
    yield "# What answers requests. `ready` must answer 2xx only while the service can really"
    yield "# serve: with its database reachable, not merely with its process alive."
    yield "web:"
    for one in proposal.sites:
        yield f"  {_text(one.name)}: {_site(one)}  # {one.ready.why}"


def _site(site: Site) -> str:
    return f"{{port: {site.port}, ready: {_text(site.ready.path)}}}"


def _workers(proposal: Proposal) -> Iterator[str]:
    if not proposal.jobs:
        return
    yield "# What takes jobs. Usual is that the new one is ready before the old one stops; for work"
    yield "# that must never run twice at once write handover: stop-first."
    yield "workers:"
    for one in proposal.jobs:
        handover = "" if one.handover is Handover.OVERLAP else f"handover: {one.handover}"
        yield f"  {_text(one.name)}: {{{handover}}}"


def _others(proposal: Proposal) -> Iterator[str]:
    if proposal.accessories:
        yield "# Started once, and never touched by a deploy."
        yield f"accessories: {_list(proposal.accessories)}"
    if proposal.ignored:
        yield "# Left to you and to docker compose."
        yield f"ignore: {_list(proposal.ignored)}"


def _migrations(proposal: Proposal) -> Iterator[str]:
    one = proposal.migration
    if one is None:
        return
    yield "# Runs once before the new release starts, while the old one serves: it must only add."
    command = f", command: {_list(one.command)}" if one.command else ""
    why = f"  # {one.why}" if one.why else ""
    yield f"migrations: {{service: {_text(one.service)}{command}}}{why}"


def _probe(proposal: Proposal) -> Iterator[str]:
    if proposal.main.pages or proposal.main.ready.path == "/":
        return
    yield "# What Hitless asks through every deploy, and counts."
    yield f"probe:\n  pages: {_list([proposal.main.ready.path])}"


def _service(change: Change) -> Iterator[str]:
    yield f"  {_text(change.service)}:"
    if change.target:
        yield f"    build: {{target: {_text(change.target)}}}  # the stage that contains the code"
    without = f"  # without {', '.join(change.dropped)}"
    if not change.volumes:
        yield f"    volumes: !reset []{without}"
    else:
        yield f"    volumes: !override{without}"
        yield from (f"      - {json.dumps(one)}" for one in change.volumes)
    yield ""


def _list(values: tuple[str, ...] | list[str]) -> str:
    return f"[{', '.join(_text(one) for one in values)}]"


def _text(value: str) -> str:
    """A scalar that YAML reads as this text, in flow and in block style."""
    plain = re.fullmatch(r"[A-Za-z/][\w./-]*", value)
    special = value.lower() in ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
    return value if plain and not special else json.dumps(value)
