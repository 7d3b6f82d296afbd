"""DF05: A service of the project runs as root."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile, Stage

ROOT = frozenset(("", "root", "0", "0:0", "root:root"))
UNPRIVILEGED = r"unprivileged|nonroot|:[\w.-]*rootless|^(cgr\.dev|bitnami)/"


@rule("DF05", Category.DOCKER, "non-root", Severity.HIGH, fix=Fix.REVIEW)
def runs_as_root(repository: Repository) -> Iterator[Check]:
    """A service of the project runs as root.

    ## What it does
    Looks at the stage that Compose deploys, with the stages below it and the service's own
    `user`.

    ## Why it matters
    Whoever takes over the process owns everything in its container, and is one kernel flaw away
    from the server.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY . .
    CMD ["python", "app.py"]
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY . .
    USER 10001:10001
    CMD ["python", "app.py"]
    ```

    ## Fix safety
    Needs review: what the process writes must belong to its new user. The official nginx becomes
    `nginxinc/nginx-unprivileged` of the same tag, with its pid and its temporary files where it may
    write. Refused for ports below 1024, for volumes, and for a stage that others are built on.
    """
    users = {}
    for service in repository.services:
        image = repository.image_of(service)
        if image is not None and service.filled("user"):
            users[image[0].path, image[1].index] = service.filled("user")
    for file, stage, _ in repository.released:
        user = users.get((file.path, stage.index)) or _user(file, stage)
        message = f"{stage.title} runs as {user or 'root'}; give it a USER of its own"
        place = (file.inherited(stage, "USER") or [stage.opening])[-1]
        dropped = _drops_by_itself(repository, file, stage)
        yield verdict(
            f"{file.path} {stage.title}", place, message, ok=bool(dropped or user not in ROOT)
        )


def _user(file: Dockerfile, stage: Stage) -> str:
    written = file.inherited(stage, "USER")
    if written:
        return written[-1].text.strip()
    return "its image's user" if re.search(UNPRIVILEGED, file.lineage(stage)[-1].base) else ""


def _drops_by_itself(repository: Repository, file: Dockerfile, stage: Stage) -> bool:
    """An entrypoint script gives its rights away before it starts the service."""
    texts = [one.text for one in file.inherited(stage, "ENTRYPOINT", "CMD")]
    names = {name for text in texts for name in re.findall(r"[\w./-]+\.sh", text)}
    ends = {name.rpartition("/")[2] for name in names}
    texts += [
        repository.text(p) for p in repository.matching(r"\.sh$") if p.rpartition("/")[2] in ends
    ]
    return any(re.search(r"\b(gosu|su-exec|setpriv|runuser)\b", text) for text in texts)
