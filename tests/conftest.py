"""What holds for every test, however the run was started."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

# What several tests share asserts, too; without this a failure there would not say what it saw.
pytest.register_assert_rewrite("testing", "tests.e2e.support")

# The machine that runs the tests may be slow for a moment: no test is judged by time.
settings.register_profile("hitless", deadline=None, max_examples=40)
settings.load_profile("hitless")

# A shell starts background jobs with SIGINT ignored, nohup ignores SIGHUP, and children
# inherit that: programs under test would not hear the signals that tests send them.
for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)
