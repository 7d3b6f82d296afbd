"""What the domain expects of the flags, and of the files that nginx reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.adapters.edge_files import EdgeDirectory
from hitless.adapters.memory.clock import MemoryClock
from hitless.adapters.memory.edge import MemoryEdge
from hitless.adapters.memory.machine import Machine
from hitless.domain.errors import DiskFull, FlagsUnwritable, HitlessError
from hitless.domain.maintenance import Maintenance
from hitless.domain.slot import Share, Slot
from testing.disk import mounted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hitless.domain.ports import EdgeFiles


@pytest.fixture(params=["memory", "directory"])
def edge(request: pytest.FixtureRequest, tmp_path: Path) -> EdgeFiles:
    if request.param == "memory":
        return MemoryEdge(Machine(MemoryClock()))
    return EdgeDirectory(tmp_path / "edge")


def test_a_new_edge_is_open_shows_blue_and_approves_nothing(edge: EdgeFiles) -> None:
    assert (edge.active(), edge.closed(), edge.fallback()) == (Slot.BLUE, False, False)
    assert edge.config() == ""


def test_each_flag_is_set_and_taken_back_alone_and_may_be_repeated(edge: EdgeFiles) -> None:
    for _ in range(2):
        edge.activate(Slot.GREEN)
    assert (edge.active(), edge.closed(), edge.fallback()) == (Slot.GREEN, False, False)
    for _ in range(2):
        edge.set_closed(closed=True)
    assert (edge.active(), edge.closed(), edge.fallback()) == (Slot.GREEN, True, False)
    for _ in range(2):
        edge.set_fallback(fallback=True)
    edge.activate(Slot.BLUE)
    assert (edge.active(), edge.closed(), edge.fallback()) == (Slot.BLUE, True, True)
    for _ in range(2):
        edge.set_closed(closed=False)
        edge.set_fallback(fallback=False)
    assert (edge.active(), edge.closed(), edge.fallback()) == (Slot.BLUE, False, False)


def test_one_share_at_a_time_is_given_to_the_slot_that_is_not_active(edge: EdgeFiles) -> None:
    assert edge.share() is None
    edge.shift(None)
    for percent in (5, 50, 50, 25):
        edge.shift(Share(Slot.GREEN, percent))
        assert edge.share() == Share(Slot.GREEN, percent)
    edge.activate(Slot.GREEN)
    assert edge.share() is None, "the active slot has everything"
    edge.shift(Share(Slot.BLUE, 10))
    assert edge.share() == Share(Slot.BLUE, 10)
    edge.activate(Slot.BLUE)
    assert edge.share() is None, "what green once had is gone"
    edge.activate(Slot.GREEN)
    edge.shift(None)
    assert edge.share() is None


def test_a_shift_is_never_seen_half(tmp_path: Path) -> None:
    """At each moment nginx, which obeys the largest file, sees the old share or the new one."""
    edge = EdgeDirectory(tmp_path / "edge")
    edge.shift(Share(Slot.GREEN, 10))
    seen = []

    class Watched(EdgeDirectory):
        def _flag(self, name: str, *, present: bool) -> None:
            super()._flag(name, present=present)
            seen.append(self.share())

    watched = Watched(tmp_path / "edge")
    watched.shift(Share(Slot.GREEN, 50))
    watched.shift(Share(Slot.GREEN, 25))
    watched.shift(None)
    large, small = Share(Slot.GREEN, 50), Share(Slot.GREEN, 25)
    assert seen == [large, large, large, small, None]


def test_what_two_releases_have_goes_with_the_second_of_them(edge: EdgeFiles) -> None:
    edge.keep("r1", {"/assets/a.js": b"a", "/assets/b.js": b"b"})
    edge.keep("r2", {"/assets/b.js": b"b"})
    edge.keep("r2", {"/assets/b.js": b"b"})
    assert edge.kept() == ("r1", "r2")
    edge.forget("r1")
    assert edge.kept() == ("r2",)
    assert (found(edge, "/assets/a.js"), found(edge, "/assets/b.js")) == (None, b"b")
    edge.forget("r2")
    edge.forget("unknown")
    assert edge.kept() == ()
    assert found(edge, "/assets/b.js") is None


def found(edge: EdgeFiles, path: str) -> bytes | None:
    """What nginx would find."""
    if isinstance(edge, MemoryEdge):
        return edge.kept_file(path)
    assert isinstance(edge, EdgeDirectory)
    file = edge.state / "kept" / path.lstrip("/")
    return file.read_bytes() if file.exists() else None


def test_a_candidate_is_not_in_use_before_it_is_adopted(edge: EdgeFiles) -> None:
    edge.stage("one")
    assert edge.config() == ""
    edge.adopt()
    assert edge.config() == "one"
    edge.stage("two")
    assert edge.config() == "one"
    edge.adopt()
    assert edge.config() == "two"


def test_the_key_is_made_once_and_hard_to_guess(edge: EdgeFiles) -> None:
    assert edge.key() == edge.key()
    assert len(edge.key()) == 32


def test_nothing_is_left_after_removal(edge: EdgeFiles) -> None:
    edge.activate(Slot.GREEN)
    edge.set_fallback(fallback=True)
    edge.stage("one")
    edge.adopt()
    key = edge.key()
    for _ in range(2):
        edge.remove()
    assert (edge.active(), edge.closed(), edge.fallback()) == (Slot.BLUE, False, False)
    assert edge.config() == ""
    assert edge.key() != key


def test_the_key_is_for_its_owner_alone_and_the_flags_for_nginx(tmp_path: Path) -> None:
    edge = EdgeDirectory(tmp_path / "edge")
    edge.key()
    edge.activate(Slot.GREEN)
    assert (tmp_path / "edge/key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "edge/state/green").stat().st_mode & 0o004
    assert [path.name for path in (tmp_path / "edge/state").iterdir()] == ["green"]


CHANGES: dict[str, Callable[[EdgeDirectory], None]] = {
    "look": lambda edge: edge.check(),
    "activate": lambda edge: edge.activate(Slot.GREEN),
    "close": lambda edge: edge.set_closed(closed=True),
    "approve": lambda edge: edge.set_fallback(fallback=True),
    "shift": lambda edge: edge.shift(Share(Slot.GREEN, 10)),
    "maintenance": lambda edge: edge.set_maintenance(Maintenance(), "page"),
    "keep": lambda edge: edge.keep("r1", {"/assets/a.js": b"a"}),
    "stage": lambda edge: edge.stage("events {}"),
    "key": lambda edge: print(edge.key()),
}


def test_a_look_whether_flags_can_be_moved_changes_none(edge: EdgeFiles) -> None:
    edge.set_fallback(fallback=True)
    edge.check()
    assert (edge.active(), edge.closed(), edge.fallback()) == (Slot.BLUE, False, True)
    if isinstance(edge, EdgeDirectory):
        assert [path.name for path in edge.state.iterdir()] == ["fallback"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_directory_that_is_none_is_told_and_no_bug(change: str, tmp_path: Path) -> None:
    (tmp_path / "edge").write_text("a file where the directory should be")
    with pytest.raises(FlagsUnwritable, match="cannot be written: ") as caught:
        CHANGES[change](EdgeDirectory(tmp_path / "edge"))
    assert "findmnt" in caught.value.hint


@pytest.fixture(params=["ro", "nr_inodes=3"])
def useless(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EdgeDirectory]:
    """An edge on a file system that is read-only, or has no room for one more file."""
    root = tmp_path / "edge"
    root.mkdir()
    with mounted(root) as remount:
        for name in ("state", "config"):
            (root / name).mkdir()
        remount(request.param)
        yield EdgeDirectory(root)


@pytest.mark.parametrize("change", CHANGES)
def test_a_disk_that_is_full_or_read_only_is_told_and_no_bug(
    change: str, useless: EdgeDirectory
) -> None:
    with pytest.raises(HitlessError) as caught:
        CHANGES[change](useless)
    assert isinstance(caught.value, DiskFull | FlagsUnwritable)
    assert caught.value.hint


def test_what_is_taken_back_already_needs_no_room_and_no_right(useless: EdgeDirectory) -> None:
    useless.activate(Slot.BLUE)
    useless.set_closed(closed=False)
    useless.set_fallback(fallback=False)
    useless.shift(None)
    useless.set_maintenance(None)
