"""A deploy on one screen: the other slot takes over, or nothing happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.hooks import PRE, PreDeployHook
from hitless.deploy.notify import TellStarted
from hitless.deploy.script import Script
from hitless.deploy.steps.accessories import Accessories
from hitless.deploy.steps.cutover import Cutover
from hitless.deploy.steps.edge import Edge
from hitless.deploy.steps.expand import Expand
from hitless.deploy.steps.hand_over_workers import HandOverWorkers
from hitless.deploy.steps.health_gate import HealthGate
from hitless.deploy.steps.keep_assets import KeepAssets
from hitless.deploy.steps.network import Network
from hitless.deploy.steps.preflight import Preflight
from hitless.deploy.steps.promote import Promote
from hitless.deploy.steps.retire import Retire
from hitless.deploy.steps.shift import Shift
from hitless.deploy.steps.smoke_gate import SmokeGate
from hitless.deploy.steps.snapshot import Snapshot
from hitless.deploy.steps.start import Start
from hitless.deploy.steps.traffic_gate import TrafficGate
from hitless.domain.notice import Event

if TYPE_CHECKING:
    from hitless.domain.settings import Settings

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


def scripted(settings: Settings) -> Script:
    """The story of a deploy, with what its settings add to it.

    Recovery needs the one with the shifts; what is added before them has nothing to undo.
    """
    tell = (TellStarted(),) if any(one.wants(Event.STARTED) for one in settings.notify) else ()
    hook = (PreDeployHook(),) if PRE in settings.hooks else ()
    keep = (KeepAssets(),) if any(r.asset_path for r in settings.proxy.routes) else ()
    steps = shifted(settings).steps
    at = DEPLOY.names.index(HandOverWorkers.name)
    return Script((*steps[:1], *tell, *hook, *steps[1:at], *keep, *steps[at:]), DEPLOY.commit)


def shifted(settings: Settings) -> Script:
    """The same steps; with a canary its shifts come right before the cutover."""
    canary = settings.strategy.canary
    if canary is None:
        return DEPLOY
    at = DEPLOY.names.index(Cutover.name)
    shifts = tuple(Shift(percent) for percent in canary.steps)
    return Script((*DEPLOY.steps[:at], *shifts, *DEPLOY.steps[at:]), DEPLOY.commit)
