"""The flags and the configuration that nginx reads, without a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitless.domain.errors import FlagsUnwritable
from hitless.domain.slot import Share, Slot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.adapters.memory.machine import Machine
    from hitless.domain.maintenance import Maintenance


class MemoryEdge:
    """Implements :class:`hitless.domain.ports.EdgeFiles`.

    Attributes:
        candidate: What was staged last.
        page: What users get during maintenance.
        unwritable: Why no flag can be moved; empty while they can.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._active, self._closed, self._fallback = Slot.BLUE, False, False
        self._maintenance: Maintenance | None = None
        self.page = ""
        self.unwritable = ""
        self._share: Share | None = None
        self._kept: dict[str, dict[str, bytes]] = {}
        self.candidate = ""
        self._config = ""
        self._key = ""

    def check(self) -> None:
        """Whether a flag could be moved now."""
        if self.unwritable:
            raise FlagsUnwritable(self.unwritable)

    def active(self) -> Slot:
        """The slot the flags choose."""
        return self._active

    def activate(self, slot: Slot) -> None:
        """Choose a slot for all requests that begin from now on."""
        self._set(f"activate {slot}", _active=slot)

    def closed(self) -> bool:
        """Users get 503 instead of a slot."""
        return self._closed

    def set_closed(self, *, closed: bool) -> None:
        """Close or open the edge for users; the preview stays reachable."""
        self._set("close" if closed else "open", _closed=closed)

    def fallback(self) -> bool:
        """The other slot answers when the active one cannot be reached."""
        return self._fallback

    def set_fallback(self, *, fallback: bool) -> None:
        """Approve, or no longer approve, the other slot as a backup."""
        self._set("approve backup" if fallback else "withdraw backup", _fallback=fallback)

    def maintenance(self) -> Maintenance | None:
        """Users get a page instead of a slot; None when they get the service."""
        return self._maintenance

    def set_maintenance(self, maintenance: Maintenance | None, page: str = "") -> None:
        """Give users a page from now on, or the service again."""
        if maintenance is None:
            self._set("end maintenance", _maintenance=None)
        else:
            self._set("begin maintenance", _maintenance=maintenance, page=page)

    def share(self) -> Share | None:
        """What the slot that is not active gets of users' traffic; None for nothing."""
        given = self._share
        return given if given and given.slot is self._active.other else None

    def shift(self, share: Share | None) -> None:
        """Give a share to the slot that is not active, or take every share away."""
        if share != self._share:
            self._set(f"shift {share.flag if share else 'back'}", _share=share)

    def keep(self, release: str, files: Mapping[str, bytes]) -> None:
        """Keep a release's files, by their URI paths."""
        self._machine.change("keep assets", lambda: self._kept.update({release: dict(files)}))

    def kept(self) -> tuple[str, ...]:
        """The ids of the releases whose files are kept."""
        return tuple(sorted(self._kept))

    def forget(self, release: str) -> None:
        """Remove the files of a release that no other one has, too."""
        self._machine.change("forget assets", lambda: self._kept.pop(release, None))

    def kept_file(self, path: str) -> bytes | None:
        """What nginx finds there; None when nobody kept it."""
        return next((files[path] for files in self._kept.values() if path in files), None)

    def config(self) -> str:
        """The configuration in use; empty before the first."""
        return self._config

    def stage(self, config: str) -> None:
        """Lay a candidate beside the configuration in use, for ``nginx -t``."""
        self._set("stage configuration", candidate=config)

    def adopt(self) -> None:
        """Make the candidate the configuration in use."""
        self._set("adopt configuration", _config=self.candidate)

    def key(self) -> str:
        """The secret that makes the edge tell who answered; made at first use."""
        if not self._key:
            self._key = self._machine.new_id()[:32]
        return self._key

    def remove(self) -> None:
        """Remove every file, so that nothing of the edge is left."""
        self._machine.change("remove edge files", self._clear)

    def _set(self, what: str, **values: Any) -> None:
        self.check()
        self._machine.change(what, lambda: self.__dict__.update(values))

    def _clear(self) -> None:
        self._active, self._closed, self._fallback = Slot.BLUE, False, False
        self._maintenance = self._share = None
        self._kept = {}
        self._config = self.candidate = self._key = self.page = ""
