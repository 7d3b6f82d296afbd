"""Mounts for development, which hide the code that an image contains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.scaffold.proposal import Change

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile, Stage
    from hitless.documents.service import Mount, Service
    from hitless.documents.yaml_tree import Node

MANIFESTS = ("requirements", "package", "pyproject", "poetry.lock", "uv.lock", "Pipfile", "go.")


def change(repository: Repository, service: Service) -> Change | str | None:
    """What has to differ for the image's own code to be what runs.

    Returns:
        A text when that cannot be had, None when nothing has to.
    """
    hiding = [one for one in service.mounts() if _hides(repository, service, one)]
    anonymous = [one for one in service.mounts() if one.kind == "volume" and not one.source]
    if not hiding and not (anonymous and service.is_built):
        return None
    image = repository.image_of(service)
    if image is None or (hiding and (stage := _with_code(*image)) is None):
        return (
            f"{service.name} runs the code of {hiding[0].source} and not that of its image, so "
            "both slots run what lies there now: copy it into the image"
            if hiding
            else f"{service.name} has an anonymous volume at {anonymous[0].target}: name it"
        )
    target = stage.name if hiding and stage is not None and stage is not image[1] else ""
    gone = [*hiding, *anonymous]
    stay = [_kept(one.node) for one in service.mounts() if one.kind != "tmpfs" and one not in gone]
    return Change(service.name, tuple(_called(one) for one in gone), tuple(stay), target)


def _hides(repository: Repository, service: Service, mount: Mount) -> bool:
    """A folder of this repository with source code in it."""
    if mount.kind != "bind" or not mount.source.startswith("."):
        return False
    folder = service.project.path(mount.source)
    return folder in repository.folders and bool(repository.code_below(folder))


def _with_code(file: Dockerfile, stage: Stage) -> Stage | None:
    """The stage itself or, if it has no code, the file's last one; None without any."""
    last = file.stages[-1]
    candidates = (stage, last) if last.name else (stage,)
    return next((one for one in candidates if _has_code(file, one)), None)


def _has_code(file: Dockerfile, stage: Stage) -> bool:
    sources = [s for one in file.inherited(stage, "COPY", "ADD") for s in one.sources()]
    names = [source.rpartition("/")[2] for source in sources]
    return any(not name.startswith(MANIFESTS) for name in names)


def _called(mount: Mount) -> str:
    return mount.source or mount.target


def _kept(node: Node) -> dict[str, object] | str:
    if not node.is_map:
        return node.text
    return {name: _plain(value) for name, value in node.fields.items()}


def _plain(node: Node) -> object:
    if node.is_map:
        return {name: _plain(value) for name, value in node.fields.items()}
    return True if node.is_true else node.text
