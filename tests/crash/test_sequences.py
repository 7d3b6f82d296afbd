"""Any order of deploys, rollbacks, bad releases and killed processes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy
from hitless.deploy.down import down
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.domain.errors import DeployFailed, HitlessError, StateError
from testing.faults import Died, Fault, sabotage
from testing.legal import assert_legal
from testing.service import Service

SICK = {
    "never ready": App(starts_in=1e6),
    "crashes at start": App(crashes_after=0.05, exit_code=1),
    "breaks under traffic": App(breaks_after=0.3),
    "crashes under traffic": App(crashes_after=0.3, out_of_memory=True),
    "fails its smoke checks": App(absent=("/api/version",)),
}
CHANGES = 80  # a deploy makes about as many


class Life(RuleBasedStateMachine):
    """One service, and the releases of its life."""

    @initialize()
    def an_empty_machine(self) -> None:
        self.directory = Path(tempfile.mkdtemp())
        self.service = Service(self.directory / "shop")
        self.number = 0
        self.served = False

    def teardown(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)

    @rule()
    def a_good_release(self) -> None:
        before = self.service.store.deploys(1)
        self._make(App())
        deploy(self.service.process(), self.service.settings, version=f"v{self.number}")
        assert self.service.store.deploys(1) != before
        assert self.service.ask().body.startswith(f"hello {self.number} ".encode())
        self.served = True

    @rule(how=st.sampled_from(sorted(SICK)))
    def a_sick_release(self, how: str) -> None:
        before = self.service.ask()
        self._make(SICK[how])
        with pytest.raises(DeployFailed) as failure:
            deploy(self.service.process(), self.service.settings, version=f"v{self.number}")
        assert failure.value.exit_status in {20, 21}
        assert self.service.ask().body == before.body

    @rule()
    def a_rollback(self) -> None:
        try:
            rollback(self.service.process(), wait=True)
        except StateError:
            return
        assert self.served

    @rule(fault=st.sampled_from(Fault), at=st.integers(0, CHANGES), back=st.booleans())
    def one_that_is_cut_short(self, fault: Fault, at: int, *, back: bool) -> None:
        self._make(App())
        process = self.service.process()
        with sabotage(self.service, fault, at):
            try:
                if back:
                    rollback(process, wait=True)
                else:
                    deploy(process, self.service.settings, version=f"v{self.number}")
            except (HitlessError, Died):
                pass
        recover(self.service.process())
        self.served = self.service.ask().ok

    @rule()
    def removed(self) -> None:
        try:
            down(self.service.process(), volumes=True)
        except StateError:
            return
        assert not self.service.machine.boxes
        assert not self.service.machine.networks
        assert not self.service.machine.volumes
        self.served = False

    @invariant()
    def users_are_served(self) -> None:
        assert self.service.ask().ok is self.served

    @invariant()
    def the_state_is_legal(self) -> None:
        if self.served:
            assert_legal(self.service)

    def _make(self, app: App) -> None:
        self.number += 1
        self.service.make(str(self.number), api=app)


Life.TestCase.settings = settings(max_examples=30, stateful_step_count=8, deadline=None)
test_no_sequence_of_events_leads_to_an_illegal_state = Life.TestCase
