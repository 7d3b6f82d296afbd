"""The prober's life as a process: it never outlives its parent nor dies unseen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.prober.process import ProbeProcess
from hitless.domain.errors import ProberDied
from hitless.domain.traffic import Request, Traffic, TrafficKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.prober.conftest import Site

    Eventually = Callable[[Callable[[], bool]], None]

PARENT = """
import json, sys, time
from hitless.adapters.prober.process import ProbeProcess
from hitless.domain.traffic import Traffic
prober = ProbeProcess()
prober.start(Traffic.from_json(json.loads(sys.argv[1])))
print(prober.pid, flush=True)
time.sleep(600)
"""


def pages(port: int, max_seconds: float = 600) -> Traffic:
    asked = Request(TrafficKind.NEW, "/ok")
    return Traffic(port=port, rps=20, max_seconds=max_seconds, requests=(asked,))


def modules_after(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}; import sys; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ended.stdout.split())


def alive(pid: int) -> bool:
    """Running, and not a zombie that nobody waits for here."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_prober_that_is_killed_is_noticed(site: Site, eventually: Eventually) -> None:
    def noticed() -> bool:
        try:
            prober.snapshot()
        except ProberDied:
            return True
        return False

    with ProbeProcess() as prober:
        prober.start(pages(site.port))
        os.kill(prober.pid, signal.SIGKILL)
        eventually(noticed)
        with pytest.raises(ProberDied, match="exit status -9"):
            prober.stop()


def test_a_prober_that_never_started_has_no_evidence() -> None:
    with pytest.raises(ProberDied):
        ProbeProcess().snapshot()
    with pytest.raises(ProberDied):
        ProbeProcess().stop()


def test_ctrl_c_does_not_end_the_witness(site: Site, eventually: Eventually) -> None:
    with ProbeProcess() as prober:
        prober.start(pages(site.port))
        os.kill(prober.pid, signal.SIGINT)
        before = prober.snapshot().sent
        eventually(lambda: prober.snapshot().sent > before + 5)
        assert prober.stop().failed == 0


def test_the_prober_is_in_a_session_of_its_own(site: Site) -> None:
    with ProbeProcess() as prober:
        prober.start(pages(site.port))
        assert os.getsid(prober.pid) == prober.pid


def test_the_prober_dies_with_a_parent_that_is_killed(site: Site, eventually: Eventually) -> None:
    traffic = json.dumps(pages(site.port).to_json())
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, traffic], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        prober = int(parent.stdout.readline())
        assert alive(prober)
        parent.kill()
        eventually(lambda: not alive(prober))


def test_leaving_the_block_ends_the_prober(site: Site) -> None:
    with ProbeProcess() as prober:
        prober.start(pages(site.port))
        pid = prober.pid
        assert alive(pid)
    assert not alive(pid)


def test_the_prober_stops_by_itself_at_its_time_limit(site: Site, eventually: Eventually) -> None:
    with ProbeProcess() as prober:
        prober.start(pages(site.port, max_seconds=0.5))
        eventually(lambda: not alive(prober.pid))
        evidence = prober.stop()
    assert 0 < evidence.sent <= 20
    assert evidence.failed == 0


def test_sigterm_ends_the_prober_with_all_its_evidence(site: Site, eventually: Eventually) -> None:
    with ProbeProcess() as prober:
        prober.start(pages(site.port))
        eventually(lambda: prober.snapshot().sent >= 5)
        os.kill(prober.pid, signal.SIGTERM)
        eventually(lambda: not alive(prober.pid))
        assert prober.stop().sent >= 5


@pytest.mark.parametrize(
    "line", ["", "no json", "[]", "{}", '{"port": 1, "rps": 1, "requests": [], "host": "x"}']
)
def test_a_traffic_that_cannot_be_used_is_refused_in_words(line: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "hitless.adapters.prober"],
        input=line + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("the traffic cannot be used: ")
    assert ended.stdout == ""


def test_the_engine_side_does_not_load_the_prober_itself() -> None:
    """Starting a deploy must not pay for HTTP and WebSocket clients that it never uses."""
    unwanted = {"http.client", "websockets", "concurrent.futures"}
    assert not unwanted & modules_after("import hitless.adapters.prober.process")


def test_a_prober_without_sockets_does_not_load_websockets() -> None:
    assert "websockets" not in modules_after("import hitless.adapters.prober.__main__")
