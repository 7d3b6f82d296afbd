"""At most one process changes a service, and death frees the lock."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.lock import FileLock
from hitless.adapters.memory.clock import MemoryClock
from hitless.adapters.memory.process import MemoryLock
from hitless.domain.errors import Locked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hitless.domain.ports import Lock

HOLDER = """
import sys, time
from pathlib import Path
from hitless.adapters.lock import FileLock
with FileLock(Path(sys.argv[1]), "somebody@here").hold("deploy v2"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture(params=["memory", "file"])
def locks(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Lock]:
    """Makes handles of one and the same lock."""
    if request.param == "memory":
        one = MemoryLock(MemoryClock())
        return lambda: one
    return lambda: FileLock(tmp_path / "home" / "lock", "me@here")


def test_a_held_lock_is_refused_and_says_why_it_is_held(locks: Callable[[], Lock]) -> None:
    with (
        locks().hold("deploy v1"),
        pytest.raises(Locked, match="deploy v1") as caught,
        locks().hold("rollback", patience=0.2),
    ):
        pytest.fail("two hold the lock")
    assert caught.value.exit_status == 75


def test_a_lock_is_free_again_after_its_block_however_it_ends(locks: Callable[[], Lock]) -> None:
    with pytest.raises(ZeroDivisionError), locks().hold("deploy v1"):
        raise ZeroDivisionError
    with locks().hold("deploy v2", patience=0.0):
        pass


def test_it_can_be_seen_that_somebody_holds_it(locks: Callable[[], Lock]) -> None:
    assert not locks().held()
    with locks().hold("deploy v1"):
        assert locks().held()
        assert locks().held()
    assert not locks().held()
    with locks().hold("deploy v2", patience=0.0):
        pass


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = (sys.executable, "-c", HOLDER, str(path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        lock = FileLock(path, "me@here")
        with (
            pytest.raises(Locked, match=rf"somebody@here \(process {holder.pid}\)"),
            lock.hold("deploy v3", patience=0.1),
        ):
            pytest.fail("two hold the lock")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with lock.hold("deploy v3", patience=0.0):
        assert "deploy v3" in path.read_text()


def test_a_note_that_nobody_can_read_does_not_hide_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path, "me").hold("deploy"):
        path.write_text("not a note")
        with (
            pytest.raises(Locked, match="locked by another process"),
            FileLock(path, "me").hold("x", patience=0.0),
        ):
            pytest.fail("two hold the lock")
