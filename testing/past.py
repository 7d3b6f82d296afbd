"""A long past, made up of one deploy that was real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.journal import Outcome

if TYPE_CHECKING:
    from hitless.domain.ports import Store
    from hitless.domain.release import Release


def lengthen(store: Store, releases: int) -> tuple[Release, ...]:
    """Record as many further deploys like the last one, each of a release of its own.

    All that is kept of the last one is kept of them: journal, evidence, release.
    """
    last = store.deploys(1)[0]
    model, entries = store.release(last.release), store.entries(last.id)
    evidence, made = store.evidence(last.id), [model]
    for number in range(releases):
        one = model._replace(id=f"{number:08x}", version=f"long ago {number}")
        store.add_release(one)
        deploy = last._replace(id=store.next_deploy_id(), release=one.id, previous=made[-1].id,
            ended=None, outcome=Outcome.RUNNING,
        )  # fmt: skip
        store.begin(deploy)
        for entry in entries:
            store.write(entry._replace(deploy=deploy.id))
        if evidence:
            store.save_evidence(deploy.id, evidence)
        store.end(deploy.id, Outcome.LIVE, last.ended or last.started, "")
        made.append(one)
    return tuple(made[1:])
