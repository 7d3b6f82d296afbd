"""The workflow that builds the images for each kind of machine and pushes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.generate.render import workflow
from hitless.fix.generate.wanted import lacks, new
from hitless.fix.project.images import ARM, images, registry

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

CLOSES = ("CI05",)
PATH = ".github/workflows/build-push.yml"


def files(repository: Repository) -> dict[str, str]:
    """One job for each image; an image for one kind of machine is built for that one."""
    found = images(repository)
    if not found or not lacks(repository, *CLOSES):
        return {}
    # The runner is Intel: whatever is for ARM, too, is emulated.
    multi = any(ARM in one.platforms for one in found)
    text = workflow("build-push.yml.j2", images=found, registry=registry(found), multi=multi)
    return new(repository, {PATH: text})
