"""DF05: a service runs as a user without rights over its container."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.images import short
from hitless.documents import nginx
from hitless.documents.paths import joined
from hitless.fix.dockerfiles import edited, refuse_unknown
from hitless.fix.edit import RefusedError
from hitless.fix.registry import WHAT_RUNS, fix
from hitless.fix.step import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile, Stage
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.step import Step

    Image = tuple[Dockerfile, Stage, str]

LOWEST_PORT = 1024
USERS = {"node": "node"}  # images that bring one
NOBODY_ELSE = "10001:10001"
NGINX = "nginxinc/nginx-unprivileged"


@fix("DF05", turn=WHAT_RUNS)
def runs_as_root(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Give the deployed stage a USER; an nginx becomes the image that needs no root."""
    for finding in findings:
        images = [i for i in repository.released if finding.subject == f"{i[0].path} {i[1].title}"]
        if not images:
            yield Refusal(finding.place, "the stage is not released any more")
        for image in images[:1]:
            change = partial(_unprivileged, repository, image=image)
            yield edited(repository, finding, image[0].path, change)


def _unprivileged(repository: Repository, editor: DockerfileEditor, image: Image) -> None:
    file, stage, _ = image
    refuse_unknown(repository, file.path)
    if (
        not file.inherited(stage, "CMD", "ENTRYPOINT")
        and "nginx" not in file.lineage(stage)[-1].base
    ):
        raise RefusedError("it does not tell what it starts, and so not what that may need")
    _refuse_what_needs_root(repository, image)
    if short(file.lineage(stage)[-1].base) == "nginx":
        _nginx(repository, editor, image)
        return
    user = USERS.get(short(file.lineage(stage)[-1].base), NOBODY_ELSE)
    last = [*stage.of("CMD", "ENTRYPOINT"), *stage.of("HEALTHCHECK")]
    own = list(stage.of("USER"))
    if own:
        editor.rewrite(own[-1], f"USER {user}")
    elif last:
        editor.before(min(last, key=lambda one: one.line), f"USER {user}")
    else:
        editor.after([stage.opening, *stage.instructions][-1], f"USER {user}")


def _refuse_what_needs_root(repository: Repository, image: Image) -> None:
    file, stage, _ = image
    for other in file.stages:
        if other is not stage and stage in file.lineage(other):
            raise RefusedError(f"stage {other.title} is built on it and may need root")
    ports = [p for one in file.inherited(stage, "EXPOSE") for p in re.findall(r"\d+", one.text)]
    for service in repository.services:
        built = repository.image_of(service)
        if built is None or built[0].path != file.path or built[1] is not stage:
            continue
        ports += [one.target for one in service.ports()]
        written = [one.target for one in service.mounts() if one.kind == "volume"]
        if written:
            raise RefusedError(f"what is in {written[0]} belongs to root, and has to be given away")
    low = [port for port in ports if port.isdigit() and int(port) < LOWEST_PORT]
    if low:
        raise RefusedError(f"only root may listen on port {low[0]} everywhere; give it another")


def _nginx(repository: Repository, editor: DockerfileEditor, image: Image) -> None:
    """The same nginx from the image that keeps its pid and temporary files where it may write."""
    file, stage, context = image
    bottom = file.lineage(stage)[-1]
    if bottom.base.rpartition("/")[0] not in ("", "library", "docker.io/library"):
        raise RefusedError(f"{bottom.base} is an nginx that is not known here")
    paths = [
        joined(context, source)
        for one in file.inherited(stage, "COPY", "ADD")
        if not one.flag("from") and "/etc/nginx" in one.destination()
        for source in one.sources()
    ]
    _refuse_configuration([repository.text(path) for path in paths], paths)
    name = re.escape(bottom.opening.text.split()[0])
    tag = bottom.base.partition(":")[2]
    editor.substitute(bottom.opening, name, NGINX + (f":{tag}" if tag else ""))


def _refuse_configuration(texts: list[str], paths: list[str]) -> None:
    roots = [nginx.parse(text, path) for text, path in zip(texts, paths, strict=True)]
    listens = [one.args[0] for root in roots for one in root.all("listen") if one.args]
    if not listens:
        raise RefusedError("nginx's own configuration listens on port 80, as root")
    for one in listens:
        port = one.rpartition(":")[2]
        if not port.isdigit() or int(port) < LOWEST_PORT:
            raise RefusedError(f"it listens on {one}; whoever asks it needs another port, too")
    for root in roots:
        if any(not one.args[0].startswith("/tmp/") for one in root.all("pid")):  # noqa: S108  # where nginx may write
            raise RefusedError(f"{root.path} keeps its pid where only root may write")
