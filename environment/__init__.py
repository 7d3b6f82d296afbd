"""Makes a bare machine able to run Hitless' demo and tests, and cleans up after itself.

Run as ``python3 -m environment up | status | clean | run -- COMMAND``. It needs nothing but
Python 3.11: no virtual environment, no third-party package.

The story is in ``__main__``; ``facts`` looks, ``steps`` decides (pure), ``shell`` acts.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # the one place that runs before pip can refuse
    raise SystemExit(
        "error: Hitless needs Python 3.11 or newer, this is "
        f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable})\n"
        "hint: run it with a newer one, for example: make HOST_PYTHON=python3.13 setup"
    )
