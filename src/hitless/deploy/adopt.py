"""The command ``adopt``: a stack that runs under plain Compose becomes a service of Hitless.

The data stays in its volumes, which keep their names, and only one process may write to
them: so the old containers stop before the new ones start. That is the one gap in a
service's life here; it is told beforehand, measured while it happens, and recorded. Until
the release has proved itself the old containers are kept, to be started again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hitless.deploy.certificate import certify
from hitless.deploy.deploy import put_into_service
from hitless.deploy.hold import ANY_COMMAND, in_turn
from hitless.deploy.plain import Plain, end_adoption, look, write_note
from hitless.deploy.prepare import make_release, read
from hitless.deploy.recover import recover
from hitless.deploy.standing import observe
from hitless.deploy.traffic import traffic
from hitless.domain.errors import CannotAdopt
from hitless.domain.journal import Entry, Status
from hitless.domain.settings import Probe
from hitless.stack.projects import public_port, volume_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.deploy.context import World
    from hitless.deploy.done import Done
    from hitless.domain.evidence import Evidence
    from hitless.domain.lock import Claim
    from hitless.domain.ports import Prober
    from hitless.domain.settings import Settings


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting would do.

    Attributes:
        project: The Compose project that runs now.
        stops: Its containers, in the order in which they stop.
        volumes: Named volumes that are taken over as they are.
        left: Containers that stay where they are.
    """

    service: str
    project: str
    stops: tuple[str, ...]
    volumes: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adopted:
    """How it went.

    Attributes:
        gap_ms: The longest time in which no probe was answered.
        sent: Probes from before the stop to the end.
    """

    done: Done
    gap_ms: float
    sent: int
    failed: int


def plan_adoption(world: World, settings: Settings) -> Adoption:
    """What :func:`adopt` would do; nothing is built or changed.

    Raises:
        CannotAdopt: with all reasons at once.
    """
    model = read(world, settings, "").model
    found = _plain(world, settings, model)
    return Adoption(
        settings.service,
        found.project,
        tuple(one.name for one in found.stops),
        volume_names(model, settings),
        tuple(one.name for one in found.left),
    )


def adopt(
    world: World,
    settings: Settings,
    witness: Prober,
    *,
    version: str = "",
    claim: Claim = ANY_COMMAND,
) -> Adopted:
    """Stop the old stack, put its successor into service, and measure the time between.

    Args:
        world: The ports.
        settings: From hitless.yaml.
        witness: A prober of its own: what it sees is held against nobody.
        version: The user's name for the release.
        claim: How long to wait for the lock, and what to say to others who do.

    Raises:
        CannotAdopt: before anything was changed, with all reasons at once.
        DeployFailed: when the release did not get, or did not keep, the traffic; the old
            containers run again.
        HumanNeeded: when they cannot be started again.
    """
    with in_turn(world, version, claim) as world:  # noqa: PLR1704  # only this one may change
        recover(world)
        end_adoption(world)
        source = read(world, settings, version)
        found = _plain(world, settings, source.model)
        release = make_release(world, source, pull=False)  # while the old stack still serves
        witness.start(traffic(Probe(pages=settings.probe.pages), _port(source.model, settings)))
        try:
            done = _replaced(world, found, lambda: put_into_service(world, release))
        finally:
            seen = witness.stop()
        return _recorded(world, done, seen)


def _replaced(world: World, found: Plain, put: Callable[[], Done]) -> Done:
    """Stop the old one, and bring it back unless its successor serves."""
    write_note(world, found)
    try:
        for one in found.stops:
            world.reporter.say(f"stopping {one.name}")
            world.engine.stop(one.id, None)
        done = put()
    except BaseException:
        with world.interrupts.shield():
            end_adoption(world)
        raise
    with world.interrupts.shield():
        end_adoption(world)
    return done


def _recorded(world: World, done: Done, seen: Evidence) -> Adopted:
    assert done.deploy is not None  # noqa: S101  # nothing served before, so there was one
    found = Adopted(done, seen.longest_gap_ms, seen.sent, seen.failed)
    facts = {"gap_ms": found.gap_ms, "sent": found.sent, "failed": found.failed}
    now = world.clock.now()
    world.store.write(Entry(done.deploy.id, "adopt", Status.DONE, now, facts))
    certify(world, done.deploy.id)
    return found


def _plain(world: World, settings: Settings, model: dict[str, Any]) -> Plain:
    """The old stack, when it can be taken over."""
    if observe(world, settings.service).edge is not None:
        raise CannotAdopt(
            f"{settings.service!r} is a service of Hitless already",
            'see what serves with "hitless status"',
        )
    found = look(world, model, settings)
    if not found.stops:
        raise CannotAdopt(
            f"no container of the Compose project {found.project!r} runs",
            'there is nothing to adopt: begin with "hitless deploy"',
        )
    problems = tuple(found.problems(world, settings))
    if problems:
        raise CannotAdopt(
            f"the running project {found.project!r} cannot be taken over as it is",
            'see what would be done with "hitless adopt --dry-run"',
            problems,
        )
    return found


def _port(model: dict[str, Any], settings: Settings) -> int:
    return public_port(model, settings)[1]
