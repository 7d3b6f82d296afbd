"""A rollback on one screen: the earlier release takes its traffic back."""

from __future__ import annotations

from hitless.deploy.script import Script
from hitless.deploy.steps.cutover import CutBack
from hitless.deploy.steps.hand_over_workers import HandOverWorkers
from hitless.deploy.steps.health_gate import HealthGate
from hitless.deploy.steps.revive import Revive

# The user wants the earlier release back: once its traffic is on the way, recovery
# finishes that. Its workers follow; until then the newer ones can read its jobs.
ROLLBACK = Script(
    (Revive(), HealthGate(answers=1), CutBack(), HandOverWorkers()),
    commit=CutBack.name,
    behind=(HandOverWorkers.name,),
)
