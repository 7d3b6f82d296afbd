"""Which version of an image a repository means: what its other files say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.images import tag
from hitless.audit.run_lines import is_mutable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository

NEWEST = frozenset(("", "latest", "stable", "current", "lts"))


def named_elsewhere(repository: Repository, image: str) -> str:
    """The same image with a version, of the same flavour; empty when files say none or several."""
    bare, flavour = _bare(image), tag(image)
    fitting = {
        one
        for one in _images(repository)
        if _bare(one) == bare and not is_mutable(one) and _is_kept(flavour, tag(one))
    }
    return fitting.pop() if len(fitting) == 1 else ""


def _bare(image: str) -> str:
    name = image.partition("@")[0]
    return name.removesuffix(f":{tag(image)}")


def _is_kept(flavour: str, other: str) -> bool:
    return flavour in NEWEST or flavour in other.split("-")


def _images(repository: Repository) -> Iterator[str]:
    """Every image that is named: by services, Dockerfiles, and jobs of CI."""
    yield from (one.image for one in repository.services)
    for file in repository.dockerfiles.values():
        yield from (stage.base for stage in file.stages)
        yield from (one.flag("from") for one in file.instructions)
    for flow in repository.workflows:
        for job in flow.jobs:
            services = job.node.get("services")
            for one in services.fields.values() if services is not None else ():
                yield one.text or one.say("image")
