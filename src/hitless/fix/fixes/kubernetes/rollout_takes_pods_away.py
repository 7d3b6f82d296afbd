"""K804: a new pod serves before an old one goes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.audit import workloads
from hitless.fix.attempt import attempt
from hitless.fix.edit import RefusedError
from hitless.fix.manifests import Wanted, edited
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.step import Step

ROLLING = ("spec", "strategy", "rollingUpdate")


@fix("K804")
def rollout_takes_pods_away(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Take no pod away that has no successor."""
    for finding in findings:
        for one in workloads.workloads(repository, "Deployment"):
            if one.title == finding.subject and one.node.path == finding.place.path:
                yield attempt(finding.place, partial(_rolled, repository, one.node))


def _rolled(repository: Repository, node: Node) -> list[Edit]:
    if node.say("spec", "strategy", "type") == "Recreate":
        raise RefusedError("its strategy is Recreate, which somebody chose for a reason")
    for volume in node.nodes("spec", "template", "spec", "volumes"):
        if volume.get("persistentVolumeClaim") is not None:
            raise RefusedError("a second pod may not get the volume of the first")
    wanted = [Wanted((*ROLLING, "maxUnavailable"), 0)]
    if node.say(*ROLLING, "maxSurge") in ("0", "0%"):
        wanted.insert(0, Wanted((*ROLLING, "maxSurge"), 1))  # both zero is refused
    return edited(repository, node, wanted)
