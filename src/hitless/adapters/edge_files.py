"""The directory that nginx watches: one bit is the presence of one file.

A flag appears by rename and disappears by unlink, and the directory is synced, so
that neither a reader nor a power failure ever sees half a cutover.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hitless.domain.codec import decode, encode
from hitless.domain.errors import DiskFull, FlagsUnwritable
from hitless.domain.slot import Share, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hitless.domain.maintenance import Maintenance

MAINTENANCE, PAGE = "maintenance", "maintenance.html"
GREEN, CLOSED, FALLBACK = "green", "closed", "fallback"
PROBE = "probe"  # nginx looks at no file of that name
CANARY = "canary-"  # and the slot, and its percentage
KEPT = "kept"
CONFIG, CANDIDATE = "nginx.conf", "candidate.conf"


class EdgeDirectory:
    """Implements :class:`hitless.domain.ports.EdgeFiles`.

    Args:
        root: Holds ``state`` (the flags), ``config`` (what nginx reads) and the key.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = root / "state"
        self.conf = root / "config"

    def check(self) -> None:
        """Whether a flag could be moved now: one that means nothing is set and taken back."""
        self._flag(PROBE, present=True)
        self._flag(PROBE, present=False)

    def active(self) -> Slot:
        """The slot the flags choose."""
        return Slot.GREEN if (self.state / GREEN).exists() else Slot.BLUE

    def activate(self, slot: Slot) -> None:
        """Choose a slot for all requests that begin from now on."""
        self._flag(GREEN, present=slot is Slot.GREEN)

    def closed(self) -> bool:
        """Users get 503 instead of a slot."""
        return (self.state / CLOSED).exists()

    def set_closed(self, *, closed: bool) -> None:
        """Close or open the edge for users; the preview stays reachable."""
        self._flag(CLOSED, present=closed)

    def fallback(self) -> bool:
        """The other slot answers when the active one cannot be reached."""
        return (self.state / FALLBACK).exists()

    def set_fallback(self, *, fallback: bool) -> None:
        """Approve, or no longer approve, the other slot as a backup."""
        self._flag(FALLBACK, present=fallback)

    def maintenance(self) -> Maintenance | None:
        """Users get a page instead of a slot; None when they get the service."""
        from hitless.domain.maintenance import Maintenance  # noqa: PLC0415  # not for a rollback

        try:
            told = json.loads((self.state / MAINTENANCE).read_text())
            return decode(Maintenance, told)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError):  # made by hand: nginx looks at no content
            return Maintenance()

    def set_maintenance(self, maintenance: Maintenance | None, page: str = "") -> None:
        """Give users a page from now on, or the service again."""
        _make(self.state)
        if maintenance is None:
            _remove(self.state / MAINTENANCE)
        else:
            # The page stays when the flag goes: a request may still be on its way to it.
            _write(self.state / PAGE, page)
            _write(self.state / MAINTENANCE, json.dumps(encode(maintenance)))
        _sync(self.state)

    def share(self) -> Share | None:
        """What the slot that is not active gets of users' traffic; None for nothing."""
        canary = self.active().other
        return next((share for share in reversed(self._shares()) if share.slot is canary), None)

    def shift(self, share: Share | None) -> None:
        """Give a share to the slot that is not active, or take every share away.

        nginx obeys the largest one. So the new one is there before the others go, smallest
        first: whatever a reader meets in between is the old share or the new one.
        """
        if share:
            self._flag(share.flag, present=True)
        for other in self._shares():
            if other != share:
                self._flag(other.flag, present=False)

    def keep(self, release: str, files: Mapping[str, bytes]) -> None:
        """Keep a release's files; the list of them comes first, so that none is left over."""
        _make(self._lists)
        _write(self._lists / release, "\n".join(sorted(files)))
        for path, content in files.items():
            file = self._kept_file(path)
            if not file.is_file() or file.stat().st_size != len(content):
                _make(file.parent)
                _write(file, content)

    def kept(self) -> tuple[str, ...]:
        """The ids of the releases whose files are kept."""
        return tuple(sorted(path.name for path in self._lists.glob("[!.]*")))

    def forget(self, release: str) -> None:
        """Remove the files of a release that no other one has, too."""
        others = {path for one in self.kept() if one != release for path in self._listed(one)}
        for path in self._listed(release) - others:
            _remove(self._kept_file(path))
        _remove(self._lists / release)

    def config(self) -> str:
        """The configuration in use; empty before the first."""
        path = self.conf / CONFIG
        return path.read_text() if path.exists() else ""

    def stage(self, config: str) -> None:
        """Lay a candidate beside the configuration in use, for ``nginx -t``."""
        _make(self.conf)
        _write(self.conf / CANDIDATE, config)

    def adopt(self) -> None:
        """Make the candidate the configuration in use."""
        with _told(self.conf):
            (self.conf / CANDIDATE).replace(self.conf / CONFIG)
        _sync(self.conf)

    def key(self) -> str:
        """The secret that makes the edge tell who answered; made at first use."""
        path = self.root / "key"
        if not path.exists():
            _make(self.root)
            _write(path, os.urandom(16).hex(), mode=0o600)
        return path.read_text()

    def remove(self) -> None:
        """Remove every file, so that nothing of the edge is left."""
        import shutil  # noqa: PLC0415  # a rollback removes no directory

        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def _lists(self) -> Path:
        return self.root / "kept"

    def _listed(self, release: str) -> set[str]:
        path = self._lists / release
        return set(path.read_text().splitlines()) if path.is_file() else set()

    def _kept_file(self, path: str) -> Path:
        """Inside what nginx sees anyway, so that no edge has to be made anew for it."""
        return self.state / KEPT / path.lstrip("/")

    def _shares(self) -> list[Share]:
        """All that are given, the smallest first."""
        words = [path.name.split("-") for path in self.state.glob(f"{CANARY}*")]
        shares = [Share(Slot(w[1]), int(w[2])) for w in words if w[-1].isdigit()]
        return sorted(shares, key=lambda share: share.percent)

    def _flag(self, name: str, *, present: bool) -> None:
        _make(self.state)
        if present:
            _write(self.state / name, "")
        else:
            _remove(self.state / name)
        _sync(self.state)


def _write(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Replace a file in one step: whoever reads sees the old content or the new one."""
    temporary = path.with_name(path.name + ".tmp")
    with _told(path.parent):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)


def _remove(path: Path) -> None:
    """Remove a file that may be absent: then also a read-only directory is as it shall be."""
    with _told(path.parent):
        if path.exists():
            path.unlink(missing_ok=True)


def _make(directory: Path) -> None:
    with _told(directory):
        directory.mkdir(parents=True, exist_ok=True)


@contextmanager
def _told(directory: Path) -> Iterator[None]:
    """What the system says of a write becomes an error with the next command."""
    try:
        yield
    except OSError as error:
        raise DiskFull.of(error) or FlagsUnwritable(
            f"{directory}, which nginx reads, cannot be written: {error.strerror}",
            f'see how it is mounted with "findmnt -T {directory}", and whose it is with '
            f'"ls -ld {directory}"',
        ) from error


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
