"""The two places that hold a release, and the address of everything in them.

A colour carries no rank: blue is not "old" and green is not "new". The active
slot is the one with users' traffic, the other one is the preview.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

EDGE_HOST = 2
FIRST_HOST = {"blue": 16, "green": 112}
HOSTS_PER_SLOT = 96
DYNAMIC_HOSTS = "208/28"  # accessories get their addresses here, never one of a slot


class Slot(StrEnum):
    """A place for a release."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> Slot:
        """The slot that this one trades places with."""
        return Slot.GREEN if self is Slot.BLUE else Slot.BLUE


class Share(NamedTuple):
    """A part of users' traffic, for a slot that is not the active one.

    Attributes:
        slot: Who gets it: the canary.
        percent: How much, 1 to 99.
    """

    slot: Slot
    percent: int

    @property
    def flag(self) -> str:
        """The name of the file whose presence gives the share."""
        return f"canary-{self.slot}-{self.percent}"

    def __str__(self) -> str:
        return f"{self.percent} %"


class Addresses(NamedTuple):
    """Fixed IPv4 addresses inside one /24 network.

    nginx must never resolve a name: with a name it exits at start while a slot is
    absent, and after a re-creation it may reach another container's address.
    """

    subnet: str

    def edge(self) -> str:
        """The address of the edge."""
        return self._host(EDGE_HOST)

    def of(self, slot: Slot, index: int) -> str:
        """The address of the ``index``-th container of a slot, counted from 0.

        Raises:
            ValueError: when the slot's range is used up.
        """
        if not 0 <= index < HOSTS_PER_SLOT:
            raise ValueError(f"a slot holds at most {HOSTS_PER_SLOT} containers, not {index + 1}")
        return self._host(FIRST_HOST[slot.value] + index)

    def dynamic_range(self) -> str:
        """The part of the subnet from which the engine may choose by itself."""
        return f"{self._prefix()}.{DYNAMIC_HOSTS}"

    def slot_of(self, address: str) -> Slot | None:
        """Whose address this is; None for the edge, accessories and strangers."""
        prefix, _, host = address.rpartition(".")
        if prefix != self._prefix() or not host.isdigit():
            return None
        for slot in Slot:
            if 0 <= int(host) - FIRST_HOST[slot.value] < HOSTS_PER_SLOT:
                return slot
        return None

    def _host(self, number: int) -> str:
        return f"{self._prefix()}.{number}"

    def _prefix(self) -> str:
        return self.subnet.rpartition(".")[0]
