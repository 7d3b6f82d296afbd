"""The journal as a chain: each row holds a hash over itself and the hash before it.

Whoever changes, removes or inserts a row afterwards must change every later hash too, and
whoever has noted one of those down will see it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from hitless.domain.codec import decode, encode
from hitless.domain.journal import Deploy, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

START = "0" * 64
# What rows say that are about a deploy as a whole and no step of it.
BEGUN, ENDED = "begun", "ended"


class Link(NamedTuple):
    """One row of the journal as it is stored.

    Attributes:
        seq: 1, 2, 3 … without a gap.
        step: Empty when the row is about the whole deploy.
        detail: JSON, with sorted keys and without blanks.
        hash: Over all of these and the hash of the row before.
    """

    seq: int
    deploy: str
    step: str
    status: str
    at: float
    detail: str
    hash: str = ""


class Broken(NamedTuple):
    """Where the chain or what it tells is not whole.

    Attributes:
        seq: The row; 0 when there is none for what is told elsewhere.
    """

    seq: int
    deploy: str
    reason: str


def canonical(value: Any) -> str:
    """The one spelling of a value as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def begun(deploy: Deploy) -> str:
    """The detail of the row with which a deploy begins."""
    return canonical(encode(deploy))


def ended(outcome: Outcome, at: float, reason: str) -> str:
    """The detail of the row with which a deploy ends."""
    return canonical({"outcome": outcome.value, "ended": at, "reason": reason})


def sealed(link: Link, previous: str) -> Link:
    """The row with its hash, which follows the row with the hash ``previous``."""
    content = [previous, link.seq, link.deploy, link.step, link.status, link.at, link.detail]
    return link._replace(hash=hashlib.sha256(canonical(content).encode()).hexdigest())


def first_broken(links: Iterable[Link], deploys: Sequence[Deploy]) -> Broken | None:
    """The first row that was changed, or the first deploy that is told otherwise elsewhere."""
    links = tuple(links)
    return _broken_link(links) or _told_otherwise(links, deploys)


def _broken_link(links: Sequence[Link]) -> Broken | None:
    previous = START
    for number, link in enumerate(links, 1):
        if link.seq != number:
            return Broken(link.seq, link.deploy, f"row {number} is missing")
        if sealed(link, previous).hash != link.hash:
            return Broken(link.seq, link.deploy, "its hash does not fit what it says")
        previous = link.hash
    return None


def _told_otherwise(links: Sequence[Link], deploys: Sequence[Deploy]) -> Broken | None:
    told = _deploys_of(links)
    for deploy in deploys:
        seq, known = told.pop(deploy.id, (0, None))
        if known != deploy:
            return Broken(seq, deploy.id, "the table deploys tells this deploy otherwise")
    for name, (seq, _) in told.items():
        return Broken(seq, name, "the table deploys does not tell this deploy")
    return None


def _deploys_of(links: Sequence[Link]) -> dict[str, tuple[int, Deploy]]:
    found: dict[str, tuple[int, Deploy]] = {}
    for link in links:
        if link.step:
            continue
        said = json.loads(link.detail)
        if link.status == BEGUN:
            found[link.deploy] = (link.seq, decode(Deploy, said))
        elif link.deploy in found:
            said["outcome"] = Outcome(said["outcome"])
            found[link.deploy] = (link.seq, found[link.deploy][1]._replace(**said))
    return found
