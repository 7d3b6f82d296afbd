"""A rollback goes on in a forked process; what that one writes must last."""

import os
import subprocess
import sys
from pathlib import Path

from hitless.adapters.sqlite_store import SqliteStore
from hitless.domain.journal import Outcome

GOES_ON_BEHIND = """
import os, sys, time
from pathlib import Path
from hitless.adapters.background import ForkedBackground
from hitless.adapters.sqlite_store import SqliteStore
from hitless.domain.journal import Deploy, Kind, Outcome
from hitless.domain.slot import Slot

home, front = Path(sys.argv[1]), os.getpid()
store, background = SqliteStore(home / "state.db"), ForkedBackground()
store.begin(Deploy("d1", Kind.ROLLBACK, "r1", "r2", Slot.BLUE, "somebody", 1.0))
store.close()
if background.split(home / "behind.log"):
    store.deploys(1)  # its connection is open when the first process ends
    while os.getppid() == front:
        time.sleep(0.005)
    store.end("d1", Outcome.LIVE, 2.0, "")
    background.leave()
store.deploys(1)  # the first process, too, may still read
"""


def test_what_goes_on_behind_a_rollback_is_recorded(tmp_path: Path) -> None:
    end, held = os.pipe()  # closed by the system when both processes have ended
    command = (sys.executable, "-c", GOES_ON_BEHIND, str(tmp_path))
    subprocess.run(command, pass_fds=(held,), timeout=20, check=True)
    os.close(held)
    with os.fdopen(end) as both_ended:
        both_ended.read()
    assert SqliteStore(tmp_path / "state.db").deploy("d1").outcome is Outcome.LIVE
