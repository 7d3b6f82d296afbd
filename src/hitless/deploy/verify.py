"""The command ``history verify``: is what is recorded what was recorded?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitless.domain.chain import START, Broken, first_broken

if TYPE_CHECKING:
    from hitless.domain.ports import Store


@dataclass(frozen=True, slots=True)
class Verified:
    """What looking through the journal gave.

    Attributes:
        rows: How many rows it has.
        head: The hash of its last row, which stands for all of them.
        broken: The first row that is not as it was written; None when all are.
    """

    rows: int
    deploys: int
    head: str
    broken: Broken | None


def verify(store: Store) -> Verified:
    """Compute every hash anew, and hold the list of deploys against the journal.

    Raises:
        StateDamaged: when the file itself cannot be read.
    """
    links = store.links()
    deploys = store.deploys(len(links) + 1)
    head = links[-1].hash if links else START
    return Verified(len(links), len(deploys), head, first_broken(links, deploys))
