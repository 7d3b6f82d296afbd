"""What must be true of a service whenever nobody is changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.standing import observe
from hitless.domain.chain import first_broken
from hitless.domain.container import Role
from hitless.domain.journal import Outcome
from hitless.stack.layout import instances

if TYPE_CHECKING:
    from hitless.deploy.standing import Standing
    from testing.service import Service

BROUGHT = (Outcome.LIVE, Outcome.ROLLED_BACK)


def assert_legal(service: Service) -> None:
    """Hold the service against every rule; the first one that is broken fails the test."""
    world = service.process()
    standing = observe(world, service.settings.service)
    assert not service.lock.holder, "somebody holds the lock"
    assert world.store.unfinished() is None, "a deploy has not ended"
    broken = first_broken(world.store.links(), world.store.deploys(10_000))
    assert broken is None, f"the journal is broken: {broken}"
    assert service.edge.share() is None, f"{service.edge.share()} goes to a canary"
    outcomes = {d.outcome for d in world.store.deploys(100)}
    assert Outcome.NEEDS_HUMAN not in outcomes, "a human is needed"
    assert not [c for c in standing.containers if c.role == Role.MIGRATION], "a migration is left"
    if standing.active is None:
        _assert_nothing_left(service, standing)
    else:
        _assert_serving(service, standing)
        _assert_backup_approved(service, standing)
        _assert_workers(service, standing)


def _assert_nothing_left(service: Service, standing: Standing) -> None:
    """A first deploy that went back leaves data and history, nothing else."""
    assert not standing.containers, f"{[c.name for c in standing.containers]} are left"
    assert service.machine.networks == {}, f"{list(service.machine.networks)} are left"
    assert service.ask().status == 0, "the edge answers"
    assert not service.edge.config(), "files of the edge are left"


def _assert_serving(service: Service, standing: Standing) -> None:
    release = standing.active_release
    last = service.store.deploys(1)[0]
    expected = last.release if last.outcome is Outcome.LIVE else last.previous
    assert release == expected, f"{release} serves, the journal says {expected}"
    for path in ("/", "/api/version", "/assets/site.js", "/ws"):
        answer = service.ask(path)
        assert answer.ok, f"{path}: {answer}"
        assert answer.slot == standing.active
        assert answer.release == release


def _assert_backup_approved(service: Service, standing: Standing) -> None:
    """The backup is a release that had users' traffic before, complete and running."""
    assert standing.active
    other = standing.active.other
    backup = standing.release_in(other)
    released = {d.release for d in service.store.deploys(100) if d.outcome in BROUGHT}
    released |= {d.previous for d in service.store.deploys(100) if d.previous}
    if backup:
        assert backup in released, f"{backup} never served and is still in slot {other}"
    if standing.fallback:
        settings = service.store.release(backup or "").settings
        running = [c for c in standing.of(other, Role.WEB) if c.running]
        wanted = [one for one in instances(settings) if one.role is Role.WEB]
        assert len(running) == len(wanted), "the backup is not complete"


def _assert_workers(service: Service, standing: Standing) -> None:
    """Exactly the workers of the active release take jobs."""
    assert standing.active
    running = [c for c in standing.containers if c.role == Role.WORKER and c.running]
    release = service.store.release(standing.active_release or "")
    wanted = [one for one in instances(release.settings) if one.role is Role.WORKER]
    assert [c.release for c in running] == [release.id] * len(wanted)


def fingerprint(service: Service) -> tuple[object, ...]:
    """Everything that can change, to see that something changed nothing."""
    machine, edge = service.machine, service.edge
    now = service.clock.monotonic()
    return (
        sorted((b.name, b.image, b.running(now)) for b in machine.boxes.values()),
        sorted(machine.networks),
        sorted(machine.volumes),
        sorted(machine.images),
        (edge.active(), edge.closed(), edge.fallback(), edge.share(), edge.config()),
        [(d.id, d.outcome) for d in service.store.deploys(100)],
    )
