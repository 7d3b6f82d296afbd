"""What became of the database's schema since a release was in service."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Verdict(StrEnum):
    """What an earlier release meets when it comes back."""

    SAME = "same"  # the schema that it left
    EXPANDED = "expanded"  # its own schema with additions, which it can work with by declaration
    UNKNOWN = "unknown"  # migrations ran, and nothing tells what they changed
    CONTRACTED = "contracted"  # something that it uses was taken away


@dataclass(frozen=True, slots=True)
class Move:
    """One run of a release's migrations.

    Attributes:
        deploy: The deploy that ran them.
        before: The schema's revision before; empty where nothing tells it.
        after: And after.
        contract: They take away, by declaration, what earlier releases use.
    """

    deploy: str
    before: str
    after: str
    contract: bool = False

    @property
    def known(self) -> bool:
        """The revision was told both times."""
        return bool(self.before or self.after)

    @property
    def moved(self) -> bool:
        """It may have changed the schema."""
        return not self.known or self.before != self.after


def contracts(moves: Sequence[Move]) -> tuple[Move, ...]:
    """Those that took something away."""
    return tuple(move for move in moves if move.contract and move.moved)


def verdict(moves: Sequence[Move]) -> tuple[Verdict, str]:
    """What moves since a release was in service mean for it, and a sentence for people.

    Args:
        moves: Oldest first.
    """
    moved = [move for move in moves if move.moved]
    if not moved:
        return Verdict.SAME, "the schema is as it was"
    away = contracts(moved)
    if away:
        return Verdict.CONTRACTED, f"deploy {away[0].deploy} took away what earlier releases use"
    if not all(move.known for move in moved):
        return Verdict.UNKNOWN, (
            "migrations ran since, and migrations.current does not tell what they changed: "
            "they only added, by declaration"
        )
    way = " to ".join((_short(moved[0].before) or "nothing", _short(moved[-1].after) or "nothing"))
    if len(moved) > 1:
        text = f"{len(moved)} deploys moved it from {way}, while each promises this for one"
        return Verdict.EXPANDED, f"the schema only grew, by declaration, but {text}"
    return Verdict.EXPANDED, f"the schema only grew from {way}, by declaration"


def _short(revision: str) -> str:
    """``alembic current`` prints one word that counts, and more around it."""
    return next(iter(revision.split()), "")
