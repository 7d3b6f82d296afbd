"""The certificate of a deploy or rollback: all that speaks for its end, in one document.

It is computed from what the journal, the evidence and the release hold, so it may be
written at any later time and says the same. It names the deploy's last row in the chain
of the journal: as long as that row is as it was written, so is everything before it.

Certificates lie beside the releases and not in them: retention forgets a release, while
what was proved of its deploy stays.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from hitless.deploy.blue_green import scripted
from hitless.deploy.confirm import ANSWERS, SECONDS
from hitless.deploy.record import document, record
from hitless.deploy.step import promise
from hitless.deploy.steps.shift import Shift
from hitless.deploy.story import script
from hitless.domain.codec import encode
from hitless.domain.errors import HitlessError, JournalBroken, ReleaseUnknown
from hitless.domain.journal import Outcome, Status
from hitless.domain.verdict import FAILED_CHECKS, WORST_STREAK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hitless.deploy.context import World
    from hitless.deploy.record import Record
    from hitless.domain.chain import Link
    from hitless.domain.ports import Store
    from hitless.domain.release import Release

FORMAT = 1
DIRECTORY = "certificates"
CAUGHT_UP = 50


def path_of(world: World, deploy_id: str) -> Path:
    """Where the certificate of a deploy lies; the page beside it ends with ``.html``."""
    return world.home / DIRECTORY / f"{deploy_id}.json"


def certificate(store: Store, deploy_id: str, links: Sequence[Link] = ()) -> dict[str, Any]:
    """The certificate of a deploy that has ended, as plain JSON values.

    Args:
        store: The recorded past.
        deploy_id: Which deploy, by its own id.
        links: The journal's rows, for who has read them already.

    Raises:
        ReleaseUnknown: when there is no such deploy.
    """
    found = record(store, deploy_id)
    release = _release(store, found.deploy.release)
    last = _last_row(links or store.links(), deploy_id)
    return {
        "certificate": FORMAT,
        **document(found),
        "release": _described(release),
        "previous": _described(_release(store, found.deploy.previous)),
        "plan": _plan(found, release),
        "gates": _gates(found, release),
        "migration": _migration(found),
        "zero_failed": _zero_failed(found),
        "journal": {"row": last.seq, "hash": last.hash},
    }


def certify(world: World, deploy_id: str) -> None:
    """Write the certificate of a deploy that has ended; a deploy never fails by it.

    No effect on one that has not ended: who ends it certifies it.
    """
    try:
        if world.store.deploy(deploy_id).outcome is not Outcome.RUNNING:
            _write(path_of(world, deploy_id), certificate(world.store, deploy_id))
    except (HitlessError, OSError) as error:
        world.reporter.say(f"the certificate of {deploy_id} could not be written: {error}")


def certify_missed(world: World) -> None:
    """Write what a rollback, which has no time for it, or a killed process left out."""
    ended = (d for d in world.store.deploys(CAUGHT_UP) if d.outcome is not Outcome.RUNNING)
    for deploy in ended:
        if not path_of(world, deploy.id).exists():
            certify(world, deploy.id)


def check(store: Store, certified: dict[str, Any]) -> None:
    """Hold a certificate against the journal of today.

    Raises:
        JournalBroken: when the row that it names is not there, or is another one.
    """
    row, links = certified["journal"]["row"], store.links()
    if row > len(links) or links[row - 1].hash != certified["journal"]["hash"]:
        raise JournalBroken(
            f"the certificate of {certified['deploy']['id']} names row {row} of the journal, "
            "which is not as it was then",
            'see where it was changed with "hitless history verify"',
        )


def _write(path: Path, certified: dict[str, Any]) -> None:
    """Whole or not at all; a page of an earlier state goes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.with_suffix(".html").unlink(missing_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(certified, file, indent=1)
    beside.rename(path)


def _release(store: Store, release_id: str | None) -> Release | None:
    """None at first, and when retention has forgotten it."""
    try:
        return store.release(release_id) if release_id else None
    except ReleaseUnknown:
        return None


def _described(release: Release | None) -> dict[str, Any] | None:
    if release is None:
        return None
    told = ("id", "version", "commit", "created", "images")
    return {name: encode(getattr(release, name)) for name in told}


def _last_row(links: Sequence[Link], deploy_id: str) -> Link:
    return next(link for link in reversed(links) if link.deploy == deploy_id)


def _plan(found: Record, release: Release | None) -> list[dict[str, str]]:
    told = scripted(release.settings) if release and not found.is_rollback else None
    steps = (told or script(found.deploy.kind)).steps
    return [{"name": step.name, "promise": promise(step)} for step in steps]


def _gates(found: Record, release: Release | None) -> list[dict[str, Any]]:
    """What had to be passed: each with its limits and with what was found."""
    limits = _limits(found, release) if release else {}
    return [
        {
            "name": step.name,
            "passed": "reason" not in step.facts and bool(step.facts),
            "status": step.status.value,
            "limits": limits[step.name],
            "found": step.facts,
        }
        for step in found.steps
        if step.name in limits
    ]


def _limits(found: Record, release: Release) -> dict[str, dict[str, Any]]:
    settings = release.settings
    canary = {n: v for n, v in (encode(settings.strategy.canary) or {}).items() if v is not None}
    shifts = [step.name for step in scripted(settings).steps if isinstance(step, Shift)]
    answers = getattr(script(found.deploy.kind).step("health gate"), "answers", None)
    return {
        "health gate": {"answers_in_a_row": answers, "seconds": settings.timing.ready},
        "smoke gate": {"checks": len(settings.smoke)},
        **dict.fromkeys(shifts, canary),
        "cutover": {"fresh_answers": ANSWERS, "seconds": SECONDS},
        "traffic gate": {
            "seconds": settings.timing.bake,
            "failures_in_a_row": WORST_STREAK,
            "failed_checks_in_a_row": FAILED_CHECKS,
            **encode(settings.verify),
            "require_zero_failed": _asked_for_zero(found),
        },
    }


def _migration(found: Record) -> dict[str, str] | None:
    """The schema's revision before and after; None when nothing was migrated."""
    facts = _facts(found, "expand")
    if "before" not in facts:
        return None
    return {"before": facts["before"], "after": facts["after"]}


def _zero_failed(found: Record) -> dict[str, Any]:
    """Whether no request might fail before the promote, and how many did."""
    promote = next((s for s in found.steps if s.name == "promote"), None)
    seen = found.evidence
    if seen and promote and promote.status is Status.DONE:
        seen = seen.between(found.deploy.started, found.deploy.started + promote.began)
    return {"required": _asked_for_zero(found), "failed": seen.failed if seen else None}


def _asked_for_zero(found: Record) -> bool:
    return bool(_facts(found, "preflight").get("zero_failed"))


def _facts(found: Record, step: str) -> Mapping[str, Any]:
    return next((one.facts for one in found.steps if one.name == step), {})
