"""The command ``prune``: remove what nobody will go back to, and nothing that others made."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitless.deploy.certificate import CAUGHT_UP, DIRECTORY
from hitless.deploy.hold import ANY_COMMAND, hold
from hitless.deploy.recover import recover
from hitless.deploy.retention import forget, last_served
from hitless.deploy.standing import observe, recorded_service
from hitless.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hitless.deploy.context import World
    from hitless.domain.lock import Claim
    from hitless.domain.release import Release

KEPT_LOGS = 50


@dataclass(frozen=True, slots=True)
class Keep:
    """How much of the past to keep.

    Attributes:
        releases: How many can be brought back; None for what hitless.yaml said when the
            active one was released.
        logs: How many files with the events of deploys.
        certificates: How many, at least those that would be written anew.
    """

    releases: int | None = None
    logs: int = KEPT_LOGS
    certificates: int = 200


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was, or would be, removed.

    Attributes:
        releases: As ``version (id)``.
        images: Names below ``hitless/SERVICE/`` of no release that is known.
        files: Below the state directory.
    """

    releases: tuple[str, ...]
    images: tuple[str, ...]
    files: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.releases or self.images or self.files)


@dataclass(frozen=True, slots=True)
class _Past:
    """What is to be removed."""

    releases: tuple[Release, ...]
    images: tuple[str, ...]
    paths: tuple[Path, ...]

    def told(self, home: Path) -> Pruned:
        files = sorted(str(path.relative_to(home)) for path in self.paths)
        return Pruned(tuple(str(r) for r in self.releases), self.images, tuple(files))


def prune(world: World, keep: Keep, *, dry_run: bool = False, claim: Claim = ANY_COMMAND) -> Pruned:
    """Remove releases, images and files beyond what is to be kept.

    Kept in any case: what is in a slot, and what a plain rollback would bring back.

    Args:
        world: The ports.
        keep: How much to keep.
        dry_run: Only tell; nothing is removed and no lock is needed.
        claim: How long to wait for the lock, and what to say to others who do.

    Raises:
        NothingDeployed: when nothing was ever deployed here.
        UsageError: when less is to be kept than can be.
        Locked: when another process changes this service.
    """
    fewest = min(1 if keep.releases is None else keep.releases, keep.logs)
    if fewest < 1 or keep.certificates < CAUGHT_UP:
        raise UsageError(
            f"keep at least one release, one log and {CAUGHT_UP} certificates",
            'see what would be removed with "hitless prune --dry-run"',
        )
    if dry_run:
        return _past(world, keep).told(world.home)
    with hold(world, "prune", claim) as world:  # noqa: PLR1704  # only this one may change
        recover(world)
        past = _past(world, keep)
        for release in past.releases:
            forget(world, release)
        for name in past.images:
            world.engine.untag(name)
        for path in past.paths:
            _remove(path)
        return past.told(world.home)


def _past(world: World, keep: Keep) -> _Past:
    service = recorded_service(world)
    kept = _kept(world, service, keep.releases)
    known = world.store.releases()
    old = tuple(release for release in known if release.id not in kept)
    names = {release.tag(one) for release in known for one in release.images}
    images = tuple(n for n in world.engine.images(f"hitless/{service}/") if n not in names)
    files = (
        *_unknown(world.home / "releases", {release.id for release in known}),
        *_oldest((world.home / "logs").glob("deploy-*.jsonl"), keep.logs),
        *_oldest((world.home / DIRECTORY).glob("*.json"), keep.certificates),
    )
    beside = (other for path in files for other in path.parent.glob(f"{path.stem}.*"))
    return _Past(old, images, tuple({*files, *beside}))


def _kept(world: World, service: str, wish: int | None) -> set[str]:
    """The ids of releases that somebody may want back."""
    standing = observe(world, service)
    kept = {container.release for container in standing.containers}
    active = standing.active_release
    for last in world.store.deploys(1):  # somebody may be at work with these
        kept |= {last.release, last.previous or ""}
    if active is None or not world.store.deploys(1):  # nothing tells who served
        return kept | {release.id for release in world.store.releases()}
    brought = world.store.brought(active)
    retain = wish or world.store.release(active).settings.retain
    kept |= {active, *last_served(world, active, retain)}
    return kept | ({brought.previous} if brought and brought.previous else set())


def _unknown(directory: Path, known: set[str]) -> Iterable[Path]:
    """Directories of releases that are not recorded any more."""
    return (path for path in directory.glob("*") if path.is_dir() and path.name not in known)


def _oldest(paths: Iterable[Path], keep: int) -> list[Path]:
    """All but the newest ones, by when they were written."""
    return sorted(paths, key=lambda path: (path.stat().st_mtime, path.name))[:-keep]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
