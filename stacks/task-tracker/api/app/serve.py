"""`python -m app.serve`: the api on port 8000, two processes that share one import.

uvicorn starts its processes from nothing, so each imports everything again: on two busy cores
that is more than a second of a slot's start. Forked from a parent that has imported the
application, they are ready at once and share its memory.
"""

import gc
import importlib
import multiprocessing
import os
import signal
import tempfile

import uvicorn
from uvicorn import _subprocess

MODULE = "app.main"
HOST = "0.0.0.0"  # noqa: S104  (inside the container)
PORT = 8000
PROCESSES = 2
KEEP_ALIVE_SECONDS = 5
"""Longer than the proxy keeps its idle connections (4 s), so that the proxy closes first."""
GRACEFUL_SECONDS = 30
HEALTH_SECONDS = 30


def main() -> None:
    """Serve until SIGTERM."""
    # Read by prometheus_client while it is imported; new for each start, so never stale.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")
    importlib.import_module(MODULE)
    _fork_instead_of_spawn()
    uvicorn.run(
        f"{MODULE}:create_app",
        factory=True,
        host=HOST,
        port=PORT,
        workers=PROCESSES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        timeout_worker_healthcheck=HEALTH_SECONDS,
        access_log=False,
        server_header=False,
        log_config=None,
    )


def _fork_instead_of_spawn() -> None:
    """Make uvicorn's supervisor fork; there is no option for it.

    A child must not inherit the supervisor's handler: a SIGTERM before the child has its own
    would be swallowed and the container would not stop.
    """
    _subprocess.spawn = multiprocessing.get_context("fork")  # type: ignore[assignment]
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
    gc.freeze()


if __name__ == "__main__":
    main()
