"""The two stories of blue-green: a deploy and a rollback, each on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitless.deploy.steps.accessories import Accessories
from hitless.deploy.steps.cutover import CutBack, Cutover
from hitless.deploy.steps.edge import Edge
from hitless.deploy.steps.expand import Expand
from hitless.deploy.steps.hand_over_workers import HandOverWorkers
from hitless.deploy.steps.health_gate import HealthGate
from hitless.deploy.steps.network import Network
from hitless.deploy.steps.preflight import Preflight
from hitless.deploy.steps.promote import Promote
from hitless.deploy.steps.retire import Retire
from hitless.deploy.steps.revive import Revive
from hitless.deploy.steps.smoke_gate import SmokeGate
from hitless.deploy.steps.snapshot import Snapshot
from hitless.deploy.steps.start import Start
from hitless.deploy.steps.traffic_gate import TrafficGate
from hitless.domain.journal import Kind

if TYPE_CHECKING:
    from hitless.deploy.step import Step


@dataclass(frozen=True, slots=True)
class Script:
    """Steps in their order, and the one that decides.

    Attributes:
        commit: Once this step's intent is written, recovery goes forward.
        behind: Steps that may go on after the command has returned.
    """

    steps: tuple[Step, ...]
    commit: str
    behind: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The steps' names in their order."""
        return tuple(step.name for step in self.steps)

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)


DEPLOY = Script(
    (
        Preflight(),
        Snapshot(),
        Network(),
        Accessories(),
        Edge(),
        Expand(),
        Start(),
        HealthGate(),
        SmokeGate(),
        HandOverWorkers(),
        Cutover(),
        TrafficGate(),
        Promote(),
        Retire(),
    ),
    commit=Promote.name,
)

# The user wants the earlier release back: once its traffic is on the way, recovery
# finishes that. Its workers follow; until then the newer ones can read its jobs.
ROLLBACK = Script(
    (Revive(), HealthGate(answers=1), CutBack(), HandOverWorkers()),
    commit=CutBack.name,
    behind=(HandOverWorkers.name,),
)

SCRIPTS = {Kind.DEPLOY: DEPLOY, Kind.ROLLBACK: ROLLBACK}
