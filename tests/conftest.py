"""What every test may rely on, however the run was started."""

from __future__ import annotations

import signal

# A shell starts background jobs with SIGINT ignored, nohup ignores SIGHUP, and children
# inherit that: programs under test would not hear the signals that tests send them.
for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)
