"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# The machine that runs the tests may be slow for a moment: no test is judged by time.
settings.register_profile("hitless", deadline=None, max_examples=40)
settings.load_profile("hitless")
