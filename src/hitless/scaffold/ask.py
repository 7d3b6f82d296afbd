"""The few questions whose answer no file tells for certain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hitless.scaffold.proposal import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hitless.scaffold.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        default: What ``--yes`` takes.
        answered: The proposal with an answer in it; an empty one drops what was asked about.
    """

    text: str
    default: str
    answered: Callable[[Proposal, str], Proposal]


def questions(proposal: Proposal) -> Iterator[Question]:
    """Those worth asking about this proposal."""
    yield Question("Name of the service, a prefix of all containers", proposal.service, _named)
    for site in proposal.sites:
        if not site.ready.sure:
            yield Question(
                f"Path at which {site.name} answers 2xx only when it can serve",
                site.ready.path,
                lambda before, answer, name=site.name: _ready(before, name, answer),  # type: ignore[misc]
            )
    one = proposal.migration
    if one is not None and not one.sure:
        yield Question(
            f"Command in {one.service} that brings the schema forward; - for none",
            " ".join(one.command),
            _migrated,
        )


def _named(proposal: Proposal, answer: str) -> Proposal:
    return replace(proposal, service=answer)


def _ready(proposal: Proposal, name: str, answer: str) -> Proposal:
    path = answer if answer.startswith("/") else f"/{answer}"
    said = Asked(path, "as you said", sure=True)
    sites = (replace(one, ready=said) if one.name == name else one for one in proposal.sites)
    return replace(proposal, sites=tuple(sites))


def _migrated(proposal: Proposal, answer: str) -> Proposal:
    if proposal.migration is None or answer in ("", "-"):
        return replace(proposal, migration=None)
    return replace(proposal, migration=replace(proposal.migration, command=tuple(answer.split())))
