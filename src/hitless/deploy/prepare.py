"""From files to a release: resolve, build or pull, freeze."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hitless.domain.container import Role
from hitless.domain.errors import ImageMissing
from hitless.domain.release import Release, release_id
from hitless.stack.classify import check, roles
from hitless.stack.freeze import built, frozen
from hitless.stack.own_edge import with_edge

if TYPE_CHECKING:
    from hitless.deploy.context import World
    from hitless.domain.settings import Settings

RELEASED = (Role.WEB, Role.WORKER, Role.MIGRATION)


@dataclass(frozen=True, slots=True)
class Source:
    """What a release is made from.

    Attributes:
        version: The user's name for it.
        model: The resolved Compose model.
    """

    settings: Settings
    version: str
    model: dict[str, Any]


def read(world: World, settings: Settings, version: str) -> Source:
    """Resolve the Compose files and hold hitless.yaml against them.

    Raises:
        ComposeUnresolved: when Compose refuses the files.
        StackUnsuitable: when the two do not fit.
    """
    name = version or world.host.version(world.directory) or "unversioned"
    model = world.compose.resolve(world.directory, settings.compose, name)
    model = with_edge(model, settings.proxy)
    check(model, settings)
    return Source(settings, name, model)


def make_release(world: World, source: Source, *, pull: bool) -> Release:
    """Get every image onto this machine and freeze what was resolved.

    Args:
        world: The ports.
        source: From :func:`read`.
        pull: Also pull images that are here already, for tags that move.

    Raises:
        ImageMissing: when an image cannot be had.
        CommandFailed: when a build fails; its output's end is in ``details``.
    """
    _fetch(world, source, pull=pull)
    parts = roles(source.settings)
    images = {
        name: _image_id(world, source, name) for name, role in parts.items() if role in RELEASED
    }
    model = frozen(source.model, source.settings)
    snippets = tuple((world.directory / name).read_text() for name in source.settings.proxy.include)
    return Release(
        id=release_id(source.version, images, model, source.settings, snippets),
        version=source.version,
        commit=world.host.commit(world.directory),
        created=world.clock.now(),
        images=images,
        compose=model,
        settings=source.settings,
        snippets=snippets,
    )


def _fetch(world: World, source: Source, *, pull: bool) -> None:
    names = tuple(roles(source.settings))
    files, directory = source.settings.compose, world.directory
    made: dict[str, str] = {}  # also for services that only name the image
    for name in built(source.model, names):
        # Once for each image: builds of the same source need not have the same id.
        made.setdefault(_image(source, name), name)
    to_build = tuple(made.values())
    to_pull = tuple(
        name
        for name in names
        if _image(source, name) not in made
        and (pull or not world.engine.image_id(_image(source, name)))
    )
    if to_pull:
        world.reporter.say(f"pulling {', '.join(to_pull)}")
        _pull(world, source, to_pull)
    if to_build:
        world.reporter.say(f"building {', '.join(to_build)}")
        world.compose.build(directory, files, source.version, to_build)


def _pull(world: World, source: Source, names: tuple[str, ...]) -> None:
    proxy = source.settings.proxy
    if proxy.port is not None and proxy.service in names:  # no Compose file knows this one
        world.compose.pull_image(proxy.image)
    of_files = tuple(name for name in names if proxy.port is None or name != proxy.service)
    if of_files:
        files = source.settings.compose
        world.compose.pull(world.directory, files, source.version, of_files)


def _image(source: Source, name: str) -> str:
    """The image's name; Compose gives ``project-service`` to what it builds unnamed."""
    service = source.model["services"][name]
    return str(service.get("image") or f"{source.model['name']}-{name}")


def _image_id(world: World, source: Source, name: str) -> str:
    image = _image(source, name)
    found = world.engine.image_id(image)
    if found is None:
        raise ImageMissing(
            f"image {image!r} of service {name!r} is not on this machine",
            f'get it with "docker pull {image}"',
        )
    return found
