"""The cutover is one file: section 1a of the specification, on the edge that runs.

Flags are flipped below Hitless, far more often than any deploy would. The clients are
the prober, which counts every kind of failure, and wrk, which asks as fast as it can.
"""

from __future__ import annotations

import http.client
import itertools
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from hitless.domain.slot import Slot
from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import readers, users
from tests.e2e.support.project import Project, engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.container import Container

FLIPS = 200  # benchmarks/flips.py does a thousand and more
CONNECTIONS = 16
IDLE = 5.0  # seconds after which the tiny program closes a connection by itself
RACES, ROUNDS = 40, 3
FORGIVEN = 2.5  # seconds; nginx.conf's fail_timeout and a little


@pytest.fixture
def both_hot(tiny: Project) -> Project:
    """Both slots run a release that was approved; the newer one serves."""
    running = {c.slot for c in web(tiny) if c.running}
    if running != set(Slot) or not tiny.edge.fallback():
        tiny.behave(text="newer")
        tiny.done("deploy", "newer", "--force")
    return tiny


def test_fifty_flips_lose_nothing_of_any_kind_of_traffic(both_hot: Project) -> None:
    with users(both_hot, rate=100) as load:
        seen = flip(both_hot, 50, every=0.08)
    load.assert_nothing_lost()
    assert set(load.evidence.by_slot) == set(Slot)
    assert seen == 50, "an answer after a flip came from the slot that was left"
    assert_legal(both_hot)


def test_hundreds_of_flips_at_full_load_lose_nothing(both_hot: Project) -> None:
    with wrk(both_hot, seconds=12) as wrk_says:
        flip(both_hot, FLIPS, every=0.05)
    assert wrk_says.requests > 1000
    assert wrk_says.errors == "", wrk_says.text


def test_a_slot_that_is_left_and_stopped_at_once_finishes_what_it_has(both_hot: Project) -> None:
    """Slow requests and POSTs are under way; a program that ends in order gets SIGTERM."""
    for _ in range(2):
        left = live_container(both_hot)
        with users(both_hot, rate=100) as load:
            time.sleep(1)
            both_hot.edge.activate(both_hot.edge.active().other)
            engine().stop(left, 20)
        load.assert_nothing_lost()
        assert engine().inspect(left).exit_code == 0
        engine().start(left)
        both_hot.edge.set_fallback(fallback=True)
    assert_legal(both_hot)


def test_a_live_slot_that_is_killed_costs_no_get(both_hot: Project) -> None:
    assert both_hot.edge.fallback()
    live = live_container(both_hot)
    with readers(both_hot) as load:
        time.sleep(1)  # traffic before, during and after is what is looked at
        engine().signal(live, "KILL")
        time.sleep(2)
        engine().start(live)
    until_it_serves_again(both_hot)
    load.assert_nothing_lost()
    assert set(load.evidence.by_release) == {c.release for c in web(both_hot)}, "the backup served"


def test_without_an_approved_backup_a_killed_slot_spills_to_nobody(both_hot: Project) -> None:
    serving = assert_legal(both_hot)
    both_hot.edge.set_fallback(fallback=False)
    live = live_container(both_hot)
    with readers(both_hot) as load:
        time.sleep(1)
        engine().stop(live, 5)
        time.sleep(1)
        engine().start(live)
        time.sleep(1)
    until_it_serves_again(both_hot)
    assert load.evidence.failed > 0
    assert set(load.evidence.by_release) == {serving}


def test_the_edge_starts_and_serves_while_the_other_slot_is_gone(both_hot: Project) -> None:
    for container in web(both_hot):
        if container.slot != both_hot.edge.active():
            engine().remove(container.id)
    both_hot.edge.set_fallback(fallback=False)
    edge = both_hot.containers()[f"{both_hot.service}-edge"]
    engine().stop(edge.id, 5)
    engine().start(edge.id)
    until_it_answers(both_hot)
    with readers(both_hot) as load:
        time.sleep(1)
    load.assert_nothing_lost()
    assert_legal(both_hot)


def test_a_slot_that_is_made_anew_never_lends_its_address_to_a_stranger(both_hot: Project) -> None:
    """The stranger is on the same network and would answer on the same port."""
    serving = assert_legal(both_hot)
    strangers: list[str] = []
    with readers(both_hot) as load:
        try:
            for _ in range(3):
                strangers.append(stranger(both_hot, len(strangers)))
                both_hot.done("deploy", f"anew-{len(strangers)}")
        finally:
            subprocess.run(("docker", "rm", "-f", *strangers), check=True, capture_output=True)
    load.assert_nothing_lost()
    answered = set(load.evidence.by_release)
    assert answered <= {d["release"] for d in both_hot.history()} | {serving}
    assert_legal(both_hot)


def test_five_idle_seconds_never_meet_a_connection_that_the_program_just_closed(
    both_hot: Project,
) -> None:
    """nginx lets go first: else a POST, which may not be repeated, gets a 502."""
    with ThreadPoolExecutor(RACES) as pool:
        statuses = list(itertools.chain(*pool.map(lambda n: race(both_hot, n), range(RACES))))
    assert statuses == [201] * RACES * ROUNDS


class Wrk:
    """What wrk has to say when it has ended."""

    text = ""

    @property
    def requests(self) -> int:
        """How many were answered."""
        found = re.search(r"(\d+) requests in", self.text)
        assert found, self.text
        return int(found[1])

    @property
    def errors(self) -> str:
        """Broken connections, timeouts, and answers that are not 2xx or 3xx."""
        lines = self.text.splitlines()
        return " ".join(line for line in lines if "Socket errors" in line or "Non-2xx" in line)


@contextmanager
def wrk(project: Project, seconds: int) -> Iterator[Wrk]:
    """Clients that ask as fast as they can on kept connections, for a bounded time."""
    url = f"http://127.0.0.1:{project.port}/version"
    command = ("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "5s", url)
    said = Wrk()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield said
        said.text, _ = process.communicate(timeout=seconds + 30)


def flip(project: Project, times: int, every: float) -> int:
    """Switch that often; how many fresh answers came from the slot just chosen."""
    releases = {c.slot: c.release for c in web(project)}
    right = 0
    for _ in range(times):
        wanted = project.edge.active().other
        project.edge.activate(wanted)
        right += project.ask("/version").release == releases[wanted]
        time.sleep(every)
    return right


def web(project: Project) -> list[Container]:
    """The web containers of both slots."""
    return [c for c in project.containers().values() if c.role == "web"]


def live_container(project: Project) -> str:
    """The one that has users' traffic."""
    return next(c.id for c in web(project) if c.slot == project.edge.active())


def stranger(project: Project, number: int) -> str:
    """A container of somebody else, at an address that Docker chooses on our network."""
    image = web(project)[0].image
    name = f"{project.service}-stranger-{number}"
    command = ("docker", "run", "--detach", "--name", name, "--network", f"{project.service}-net")
    who = ("--env", "HITLESS_RELEASE=stranger", image)
    subprocess.run((*command, *who), check=True, capture_output=True)
    return name


def until_it_answers(project: Project) -> None:
    deadline = time.monotonic() + 20
    while not project.ask("/version").ok:
        assert time.monotonic() < deadline, "the edge does not come back"
        time.sleep(0.05)


def until_it_serves_again(project: Project) -> None:
    """A slot that did not answer is left alone for two seconds, more than once where it is slow.

    The release tells who answered; the slot is what the flag says, also of the backup's answers.
    """
    serving = {c.slot: c.release for c in web(project)}[project.edge.active()]
    deadline = time.monotonic() + 30
    since = time.monotonic()
    while time.monotonic() < since + FORGIVEN:
        assert time.monotonic() < deadline, "nginx does not come back to the slot"
        if project.ask("/version").release != serving:
            since = time.monotonic()
        time.sleep(0.05)


def race(project: Project, number: int) -> list[int]:
    """POST again and again after about five idle seconds; the statuses."""
    connection = http.client.HTTPConnection("127.0.0.1", project.port, timeout=15)
    statuses = []
    for turn in range(ROUNDS):
        connection.request("POST", "/notes", f'{{"text": "{number} {turn}"}}')
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
        time.sleep(IDLE - 0.02 + 0.001 * number if turn < ROUNDS - 1 else 0)
    connection.close()
    return statuses
