"""The shares of traffic that the edge's configuration is prepared for.

A canary must not cost a reload, so every share of every direction is in the
configuration beforehand, and a file chooses among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitless.domain.slot import Share, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hitless.domain.settings import Settings

BUCKET_COOKIE = "hitless_bucket"
FIRST_BUCKET, LAST_BUCKET = "00", "99"
"""The clients that are in every share, and those that are in none."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One share that a slot may be given.

    Attributes:
        slot: Who gets it.
        percent: How much, 1 to 99.
        header: The request header by which clients choose, as nginx spells variables.
    """

    slot: Slot
    percent: int
    header: str = ""

    @property
    def flag(self) -> str:
        """The name of the file whose presence gives the share."""
        return Share(self.slot, self.percent).flag

    @property
    def buckets(self) -> str:
        """A regular expression for the buckets 00 to ``percent`` - 1."""
        tens, units = divmod(self.percent, 10)
        parts = [f"[0-{tens - 1}][0-9]"] if tens else []
        parts += [f"{tens}[0-{units - 1}]"] if units else []
        return "|".join(parts)


def prepared(settings: Mapping[Slot, Settings]) -> tuple[Prepared, ...]:
    """Every share that the releases in the two slots ask for, each slot's ascending."""
    return tuple(share for slot in Slot for share in _of(slot, settings[slot]))


def _of(slot: Slot, settings: Settings) -> Iterator[Prepared]:
    canary = settings.strategy.canary
    if canary:
        header = (canary.allow_header or "").lower().replace("-", "_")
        for percent in canary.steps:
            yield Prepared(slot, percent, header)
