"""The machine loses its power in the middle of a deploy: engine, containers and tool at once.

A second engine on this machine is cut off at phases of a deploy and started again. What
serves then is what the flag on the disk says, before any command; the command that comes
next finds a legal end and loses nobody's request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.support import project as projects
from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users
from tests.e2e.support.machine import (
    IMAGES,
    Machine,
    cut_in_a_deploy,
    second_machine,
    until_it_serves,
)
from tests.e2e.support.project import Project, Strike

if TYPE_CHECKING:
    from collections.abc import Iterator

# One for each end that is legal; benchmarks/power_cuts.py does all steps.
CUTS = (
    (Strike("SIGSTOP", "worker handover", "done"), "kept-previous"),
    (Strike("SIGSTOP", "cutover", "done"), "rolled-back"),
    (Strike("SIGSTOP", "promote", "done"), "live"),
)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with second_machine(IMAGES) as machine:
        yield machine


@pytest.fixture(scope="module")
def serving(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A tiny project that serves on that machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", machine.docker_host)
        with machine.network():
            project = projects.tiny(tmp_path_factory.mktemp("cut") / "app", "power cut")
            project.done("deploy", "v0")
        yield project


@pytest.mark.parametrize(("cut", "outcome"), CUTS, ids=str)
def test_a_power_cut_in_a_deploy_ends_legally_and_the_flag_says_who_serves(
    machine: Machine, serving: Project, cut: Strike, outcome: str
) -> None:
    with machine.network():
        before = assert_legal(serving)
    cut_in_a_deploy(machine, serving, cut)
    chosen = serving.edge.active()
    machine.boot()
    with machine.network():
        until_it_serves(serving, chosen)
        with users(serving) as load:
            recovered = serving.done("recover", "--json").document
        load.assert_nothing_lost()
        assert recovered["outcome"] == outcome
        assert (assert_legal(serving) != before) is (outcome == "live")
