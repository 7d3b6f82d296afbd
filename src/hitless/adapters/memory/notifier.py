"""Notices that are kept instead of sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.errors import NotDelivered

if TYPE_CHECKING:
    from hitless.domain.notice import Notice
    from hitless.domain.settings import Channel


class MemoryNotifier:
    """Implements :class:`hitless.domain.ports.Notifier`.

    Attributes:
        told: Who was told what.
        deaf: Channels that take nothing.
    """

    def __init__(self) -> None:
        self.told: list[tuple[Channel, Notice]] = []
        self.deaf: set[Channel] = set()

    def send(self, channel: Channel, notice: Notice) -> None:
        """Keep it."""
        if channel in self.deaf:
            raise NotDelivered("answered 500")
        self.told.append((channel, notice))
